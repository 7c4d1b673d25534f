import FileStore
import Gateway
import GrantCore
import Logging

/// What is said in the log of requests and of the store: the reason, the client's id, the peer's address; never a secret
/// or a token.
struct RequestLog: GatewayObserver {
    private let logger: Logger

    /// Writes to a logger.
    init(_ logger: Logger) {
        self.logger = logger
    }

    /// A token was issued.
    func issued(_ request: GatewayRequest, _ response: TokenResponse) {
        logger.debug(
            "issued",
            metadata: metadata(request).merging(["client": "\(response.grant.clientID)"]) { $1 }
        )
    }

    /// Somebody asked about a token.
    func introspected(_ request: GatewayRequest, _ response: IntrospectionResponse) {
        logger.debug(
            "introspected",
            metadata: metadata(request).merging(["active": "\(response.record != nil)"]) { $1 }
        )
    }

    /// A client gave a token back.
    func revoked(_ request: GatewayRequest, by client: ClientID, wasLive: Bool) {
        let details: Logger.Metadata = ["client": "\(client)", "live": "\(wasLive)"]
        logger.info("revoked", metadata: metadata(request).merging(details) { $1 })
    }

    /// A request to the site was denied.
    func denied(_ request: GatewayRequest, _ refusal: BearerRefusal) {
        var metadata = metadata(request)
        metadata["reason"] = "\(refusal.description)"
        if case .insufficientScope(_, let client) = refusal { metadata["client"] = "\(client)" }
        logger.log(level: refusal.level, "denied", metadata: metadata)
    }

    /// Metadata was asked for, and there is none.
    func metadataWithoutIssuer(_ request: GatewayRequest) {
        logger.notice("no metadata", metadata: metadata(request).merging(["reason": "GRANTD_ISSUER is not set"]) { $1 })
    }

    /// A request was refused.
    func refused(_ request: GatewayRequest, _ error: OAuthError) {
        var metadata = metadata(request)
        metadata["error"] = "\(error.code)"
        metadata["reason"] = "\(error.reason)"
        if let client = error.client { metadata["client"] = "\(client)" }
        logger.log(level: error.level, "refused", metadata: metadata)
    }

    /// A refusal is not in the audit.
    func unaudited(_ request: GatewayRequest, _ error: StorageError) {
        logger.error("not audited", metadata: metadata(request).merging(["reason": "\(error)"]) { $1 })
    }

    /// Something happened in the state directory.
    func stored(_ report: StoreReport) {
        switch report {
        case .unusableClient(let file, let reason):
            logger.warning("client disabled", metadata: ["file": "\(file)", "reason": "\(reason)"])
        case .damagedSlot(let file, let slot):
            logger.error("damaged token record", metadata: ["file": "\(file)", "slot": "\(slot)"])
        case .lostGrant(let file):
            logger.error("lost grant record", metadata: ["file": "\(file)"])
        case .purged(let windows):
            logger.debug("purged", metadata: ["windows": "\(windows)"])
        case .countingFailed(let error):
            logger.error("failed authentications are not counted", metadata: ["reason": "\(error)"])
        case .purgeFailed(let error):
            logger.error("purge failed", metadata: ["reason": "\(error)"])
        case .useNotRecorded(let error):
            logger.warning("a secret's use was not recorded", metadata: ["reason": "\(error)"])
        }
    }

    /// A request was dropped, or its answer not sent.
    func observe(_ event: GatewayEvent) {
        switch event {
        case .requestDropped(.neverBegan): logger.debug("\(event)")
        case .requestDropped, .answerNotSent: logger.info("\(event)")
        case .acceptFailed: logger.error("\(event)")
        }
    }

    private func metadata(_ request: GatewayRequest) -> Logger.Metadata {
        var metadata: Logger.Metadata = [:]
        if let peer = request.parameters["REMOTE_ADDR"] { metadata["peer"] = "\(peer)" }
        if let id = request.parameters["REQUEST_ID"], !id.isEmpty { metadata["request"] = "\(id)" }
        return metadata
    }
}

extension OAuthError {
    /// What went wrong, in the log's words: more than the caller hears.
    var reason: String {
        switch self {
        case .invalidClient(let refusal): refusal.reason.rawValue
        case .unavailable(let error): error.description
        // The description tells the caller what it sent, which may be anything.
        case .unsupportedMediaType: "unsupported Content-Type"
        default: description
        }
    }

    /// The client that the request named, where it got so far.
    var client: ClientID? {
        switch self {
        case .invalidClient(let refusal): refusal.claimed
        case .tooManyFailures(let id, _), .tooBusy(let id): id
        case .unauthorizedClient(let id), .invalidScope(let id): id
        default: nil
        }
    }

    fileprivate var level: Logger.Level {
        switch self {
        case .unavailable: .error
        case .invalidClient, .tooManyFailures, .tooBusy: .notice
        default: .info
        }
    }
}

extension BearerRefusal {
    fileprivate var level: Logger.Level {
        switch self {
        case .unavailable, .malformedRequirement, .missingRequirement: .error
        case .noCredentials: .debug
        default: .info
        }
    }
}
