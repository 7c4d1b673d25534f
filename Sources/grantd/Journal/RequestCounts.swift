import Counters
import Gateway
import GrantCore

/// What is counted of requests: what was issued, revoked, refused and denied, and why.
struct RequestCounts: JournalListener {
    let counters: WorkerCounters

    func note(_ event: JournalEvent, of request: GatewayRequest) {
        switch event {
        case .issued(let response): counters.issued(to: response.grant.clientID.value)
        case .revoked(let revocation): if revocation.wasLive { counters.revoked() }
        case .introspected: break
        case .refused(let error): refused(error, request)
        case .denied(let refusal):
            counters.checked(refusal.decision(of: request))
            if let client = refusal.client { counters.denied(client.value) }
        }
    }

    private func refused(_ error: OAuthError, _ request: GatewayRequest) {
        guard let refusal = error.counted else { return }
        counters.refused(refusal, client: error.client?.value, isKnown: error.provesClient)
        if case .tooManyFailures(let client?, let seconds) = error {
            counters.lockedOut(client.value, from: request.parameters["REMOTE_ADDR"] ?? "", seconds: seconds)
        }
    }

    func note(_ event: GatewayEvent) {
        switch event {
        // Probes of the socket are not requests, and answers were counted when they were decided.
        case .requestDropped(.neverBegan), .answerNotSent, .acceptFailed: break
        case .requestDropped: counters.dropped()
        }
    }

    func note(_ load: GatewayLoad) {
        counters.connections(load.connections, busy: load.busy)
    }
}

extension OAuthError {
    /// The reason that it counts as; nil if the caller had gone before anything was decided.
    fileprivate var counted: CountedRefusal? {
        switch self {
        case .invalidRequest: .malformed
        case .methodNotAllowed: .methodNotAllowed
        case .insecureTransport: .insecureTransport
        case .notFound: .notFound
        case .bodyTooLarge: .bodyTooLarge
        case .unsupportedMediaType: .unsupportedMediaType
        case .unsupportedContentEncoding: .unsupportedContentEncoding
        case .invalidClient(let refusal): refusal.reason.counted
        case .tooManyFailures: .tooManyFailures
        case .tooBusy: .tooBusy
        case .abandoned: nil
        case .notComputed: .hashFailed
        case .unauthorizedClient: .grantNotAllowed
        case .unsupportedGrantType: .unsupportedGrantType
        case .invalidScope: .invalidScope
        case .invalidTarget: .invalidTarget
        case .notYetValid: .notYetValid
        case .notLocal: .notLocal
        case .unavailable(let error): error.counted
        }
    }

    /// Whether it proves that the named client exists.
    fileprivate var provesClient: Bool {
        switch self {
        case .invalidClient(let refusal): refusal.provesClient
        case .unauthorizedClient, .invalidScope, .invalidTarget, .notYetValid: true
        default: false
        }
    }
}

extension ClientRefusal.Reason {
    fileprivate var counted: CountedRefusal {
        switch self {
        case .noCredentials: .noCredentials
        case .unsupportedScheme: .unsupportedScheme
        case .unknownClient: .unknownClient
        case .wrongSecret: .wrongSecret
        case .expiredSecret: .expiredSecret
        case .disabledClient: .disabledClient
        case .otherMethod: .otherMethod
        case .invalidAssertion: .invalidAssertion
        case .usedAssertion: .usedAssertion
        }
    }
}

extension StorageError {
    fileprivate var counted: CountedRefusal {
        switch self {
        case .full: .storageFull
        case .unavailable, .unknownFormat: .storageUnavailable
        case .syncFailed, .replaced: .storageFailed
        case .unaudited: .unaudited
        }
    }
}

extension BearerRefusal {
    fileprivate func decision(of request: GatewayRequest) -> CheckDecision {
        switch self {
        case .noCredentials: .noCredentials
        case .malformedRequest: .malformedRequest
        case .insecureTransport: .insecureTransport
        case .invalidToken: .invalidToken
        case .insufficientScope: .insufficientScope
        case .otherAudience: .otherAudience
        // Anyone can send a malformed query to a check over HTTP, so it is not the site's mistake.
        case .malformedRequirement: request.hasRequirement ? .misconfigured : .malformedRequest
        case .missingRequirement: .misconfigured
        case .unavailable: .unavailable
        }
    }
}
