/// The endpoint label of a request. The set is fixed, whatever paths callers ask for.
package enum CountedEndpoint: String, CaseIterable, Sendable {
    case token, introspect, revoke, check, authorizer, health, metadata, jwks, metrics, status
    /// No endpoint has the path.
    case other

    /// The endpoint of a path within the mount (`PATH_INFO`).
    package init(path: String?) {
        self =
            switch path {
            case "/token": .token
            case "/introspect": .introspect
            case "/revoke": .revoke
            case "/check": .check
            case "/health": .health
            case "/metadata": .metadata
            case "/jwks": .jwks
            case "/metrics": .metrics
            case "/status": .status
            default: .other
            }
    }

    /// Its index in `allCases`, without a search.
    var index: Int {
        switch self {
        case .token: 0
        case .introspect: 1
        case .revoke: 2
        case .check: 3
        case .authorizer: 4
        case .health: 5
        case .metadata: 6
        case .jwks: 7
        case .metrics: 8
        case .status: 9
        case .other: 10
        }
    }
}
