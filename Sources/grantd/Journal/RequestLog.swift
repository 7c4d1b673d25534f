import Counters
import FileStore
import Gateway
import GrantCore
import Logging
import RedisStore

/// What is said in the log of requests and of the store: the reason, the client's id, the peer's address; never a secret
/// or a token.
struct RequestLog: JournalListener {
    private let logger: Logger

    /// Writes to a logger.
    init(_ logger: Logger) {
        self.logger = logger
    }

    func note(_ event: JournalEvent, of request: GatewayRequest) {
        switch event {
        case .issued(let response):
            logger.debug("issued", metadata: metadata(request, ["client": "\(response.grant.clientID)"]))
        case .introspected(let response):
            logger.debug("introspected", metadata: metadata(request, ["active": "\(response.record != nil)"]))
        case .revoked(let revocation):
            let details: Logger.Metadata = ["client": "\(revocation.client)", "live": "\(revocation.wasLive)"]
            logger.info("revoked", metadata: metadata(request, details))
        case .refused(let error):
            var details: Logger.Metadata = ["error": "\(error.code)", "reason": "\(error.reason)"]
            if let client = error.client { details["client"] = "\(client)" }
            logger.log(level: error.level, "refused", metadata: metadata(request, details))
        case .denied(let refusal):
            logger.log(level: refusal.level, "denied", metadata: metadata(request, details(of: refusal, request)))
        }
    }

    private func details(of refusal: BearerRefusal, _ request: GatewayRequest) -> Logger.Metadata {
        var details: Logger.Metadata = ["reason": "\(refusal.description)"]
        if let location = request.checkedLocation { details["location"] = "\(location)" }
        if let scope = request.neededScope, !scope.isEmpty { details["needs"] = "\(scope)" }
        if let client = refusal.client { details["client"] = "\(client)" }
        return details
    }

    /// The site does not say which endpoint a request is for.
    func withoutPath(_ request: GatewayRequest) {
        let reason = "the site sends no PATH_INFO: its configuration has to set it, as grantd's own does"
        logger.error("no endpoint", metadata: metadata(request, ["reason": "\(reason)"]))
    }

    /// A request came through a proxy that does not say that TLS ended there.
    func forwardedInClear(_ request: GatewayRequest) {
        let reason = """
            requests come through a proxy: if it ends TLS, set realip for its address and the map of $grantd_https \
            in grantd.http.conf
            """
        logger.warning("refused without TLS", metadata: metadata(request, ["reason": "\(reason)"]))
    }

    /// Metadata was asked for, and there is none.
    func metadataWithoutIssuer(_ request: GatewayRequest) {
        logger.notice("no metadata", metadata: metadata(request, ["reason": "GRANTD_ISSUER is not set"]))
    }

    /// A refusal is not in the audit.
    func unaudited(_ request: GatewayRequest, _ error: StorageError) {
        logger.error("not audited", metadata: metadata(request, ["reason": "\(error)"]))
    }

    /// A line for several denials is not in the audit.
    func uncounted(_ count: Int, _ error: StorageError) {
        logger.error("denials not audited", metadata: ["count": "\(count)", "reason": "\(error)"])
    }

    /// Requests cannot be counted for the pool, or can be again.
    func counted(_ fault: CountersFault?) {
        guard let fault else { return logger.notice("counting again") }
        logger.warning("not counting for the pool", metadata: ["reason": "\(fault)"])
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
        case .purgePostponed(let windows):
            let reason = "the clock was set, or has not been watched for five minutes"
            logger.notice("expired tokens are kept", metadata: ["windows": "\(windows)", "reason": "\(reason)"])
        case .countingFailed(let error):
            logger.error("failed authentications are not counted", metadata: ["reason": "\(error)"])
        case .purgeFailed(let error):
            logger.error("purge failed", metadata: ["reason": "\(error)"])
        case .useNotRecorded(let error):
            logger.warning("a secret's use was not recorded", metadata: ["reason": "\(error)"])
        }
    }

    /// Something happened between this process and the engine.
    func stored(_ report: EngineReport) {
        switch report {
        case .journalSent(let member, let slots, let entries, let alive, let isTakeover):
            guard isTakeover || alive > 0 else {
                return logger.debug("engine member met", metadata: ["member": "\(member)", "journal": "\(entries)"])
            }
            let details: Logger.Metadata = [
                "member": "\(member)", "slots": "\(slots)", "journal": "\(entries)", "alive": "\(alive)",
                "reason": "tokens that were issued in the last seconds before may be lost",
            ]
            logger.notice("engine member took over", metadata: details)
        case .memberFailed(let member, let reason):
            logger.warning("engine member failed", metadata: ["member": "\(member)", "reason": "\(reason)"])
        case .unconfirmed(let member):
            let reason = "no replica confirms: revocations rest on the primary and this machine's journal"
            logger.warning("no replica", metadata: ["member": "\(member)", "reason": "\(reason)"])
        case .evicting(let member, let policy):
            let reason = "maxmemory-policy is \(policy), which may evict clients and tokens: it has to be noeviction"
            logger.error("the engine evicts", metadata: ["member": "\(member)", "reason": "\(reason)"])
        case .unusableClient(let id, let reason):
            logger.warning("client disabled", metadata: ["client": "\(id)", "reason": "\(reason)"])
        case .countingFailed(let error):
            logger.error("failed authentications are not counted", metadata: ["reason": "\(error)"])
        case .useNotRecorded(let error):
            logger.warning("a secret's use was not recorded", metadata: ["reason": "\(error)"])
        }
    }

    func note(_ event: GatewayEvent) {
        switch event {
        case .requestDropped(.neverBegan): logger.debug("\(event)")
        case .requestDropped, .answerNotSent: logger.info("\(event)")
        case .acceptFailed: logger.error("\(event)")
        }
    }

    /// The details with those that every line about a request has. It is called for lines that are written alone: the
    /// logger evaluates its arguments after it has looked at the level.
    private func metadata(_ request: GatewayRequest, _ details: Logger.Metadata) -> Logger.Metadata {
        var metadata = details
        if let peer = request.parameters["REMOTE_ADDR"] { metadata["peer"] = "\(peer)" }
        if let id = request.parameters["REQUEST_ID"], !id.isEmpty { metadata["request"] = "\(id)" }
        if let trace = request.traceParent { metadata["traceparent"] = "\(trace)" }
        return metadata
    }
}

extension OAuthError {
    /// What went wrong, in the log's words: more than the caller hears.
    var reason: String {
        switch self {
        case .invalidClient(let refusal):
            refusal.detail.map { "\(refusal.reason.rawValue): \($0)" } ?? refusal.reason.rawValue
        case .notComputed: "crypt(3) computed no hash: is there memory left?"
        case .unavailable(let error): error.description
        // The description tells the caller what it sent, which may be anything.
        case .unsupportedMediaType: "unsupported Content-Type"
        case .unsupportedContentEncoding: "unsupported Content-Encoding"
        default: description
        }
    }

    /// The client that the request named, if it got so far.
    var client: ClientID? {
        switch self {
        case .invalidClient(let refusal): refusal.claimed
        case .tooManyFailures(let id, _), .tooBusy(let id), .notComputed(let id): id
        case .notYetValid(let id, _): id
        case .unauthorizedClient(let id), .invalidScope(let id, _), .invalidTarget(let id, _): id
        default: nil
        }
    }

    fileprivate var level: Logger.Level {
        switch self {
        case .unavailable, .notComputed, .notYetValid: .error
        case .invalidClient, .tooManyFailures, .tooBusy: .notice
        default: .info
        }
    }
}

extension BearerRefusal {
    /// The client whose token it was, if the token is good.
    var client: ClientID? {
        switch self {
        case .insufficientScope(_, let client), .otherAudience(let client): client
        default: nil
        }
    }

    fileprivate var level: Logger.Level {
        switch self {
        case .unavailable, .malformedRequirement, .missingRequirement: .error
        case .noCredentials: .debug
        default: .info
        }
    }
}
