/// The outcome of a check. The raw value is the label `decision`.
package enum CheckDecision: String, CaseIterable, Sendable {
    case allowed
    case noCredentials = "no_credentials"
    case malformedRequest = "malformed_request"
    case insecureTransport = "insecure_transport"
    case invalidToken = "invalid_token"
    case insufficientScope = "insufficient_scope"
    case otherAudience = "other_audience"
    case misconfigured
    case unavailable

    /// Its index in `allCases`, without a search.
    var index: Int {
        switch self {
        case .allowed: 0
        case .noCredentials: 1
        case .malformedRequest: 2
        case .insecureTransport: 3
        case .invalidToken: 4
        case .insufficientScope: 5
        case .otherAudience: 6
        case .misconfigured: 7
        case .unavailable: 8
        }
    }
}
