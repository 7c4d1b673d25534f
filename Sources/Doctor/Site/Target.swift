/// The application to which a location passes requests.
struct Target: Hashable, Sendable {
    /// The protocol, by which directives and lists of parameters are named.
    enum Kind: String, CaseIterable, Sendable {
        case proxy, fastcgi, uwsgi, scgi, grpc

        /// The list that tells the application more.
        var list: String {
            switch self {
            case .proxy: "proxy_set_header"
            case .grpc: "grpc_set_header"
            case .fastcgi, .uwsgi, .scgi: "\(rawValue)_param"
            }
        }

        /// The name in that list by which the client is told.
        var identity: String { self == .proxy || self == .grpc ? "X-OAuth-Client-Id" : "OAUTH_CLIENT_ID" }
    }

    let kind: Kind
    /// Host and port, socket, or upstream, without the path that follows.
    let address: String

    init(_ kind: Kind, _ value: String) {
        self.kind = kind
        var rest = value[...]
        if !value.hasPrefix("unix:"), let scheme = value.firstRange(of: "://") { rest = value[scheme.upperBound...] }
        if rest.hasPrefix("unix:") {
            let path = rest.dropFirst("unix:".count).drop { $0 == "/" }
            address = "unix:/" + path.prefix { $0 != ":" }
        } else {
            address = String(rest.prefix { $0 != "/" && $0 != "?" })
        }
    }

    /// The passes at a location's own level, or in an `if` within it, with their lines.
    static func all(in location: Level) -> [(target: Target, place: Finding.Place)] {
        let inner = ["if", "limit_except"].flatMap(location.own).flatMap { $0.block ?? [] }
        return Kind.allCases.flatMap { kind in
            let name = "\(kind.rawValue)_pass"
            return (location.own(name) + inner.filter { $0.name == name }).map { (Target(kind, $0.value), $0.place) }
        }
    }
}
