/// The configuration as the rules see it: nginx's levels, servers and maps.
struct Site: Sendable {
    /// The level of `http {}`: the block's, or the file's own if the file is one site's part.
    let http: Level
    /// Where a directive of `http {}` stands outside of it.
    let main: [NginxDirective]
    let servers: [Server]
    let upstreams: [Upstream]
    let maps: [VariableMap]
    let syntaxErrors: [NginxSyntaxError]
    let misspellings: [Misspelling]
    /// The prefixes of all mounts.
    let prefixes: Set<String>
    /// What each `auth_request` of the site asks, by its argument.
    let questions: [String: CheckURI]
    /// Every `auth_request` at the level of a server or a location of the site's own, with what it asks.
    let checks: [Check]
    /// Those of them that ask grantd in the right way.
    let guards: [Guard]
    /// What may be spent on comparing its locations and servers with each other.
    let effort: Effort
    private let guardsByServer: [ObjectIdentifier: [Guard]]
    private let checkingServers: Set<ObjectIdentifier>
    private let upstreamsByName: [String: Upstream]
    private let mapsByVariable: [String: VariableMap]
    /// The servers that lead to a protected path's application without a check.
    private(set) var openServers: [OpenServer] = []
    /// The levels of these servers.
    private(set) var openLevels: Set<ObjectIdentifier> = []

    /// An `auth_request` and what it asks.
    struct Check: Sendable {
        let server: Server
        let level: Level
        let directive: NginxDirective
        let uri: CheckURI
    }

    /// Reads a site.
    ///
    /// - Parameters:
    ///   - configuration: the configuration.
    ///   - effort: what may be spent on comparing its locations and servers with each other.
    init(_ configuration: NginxConfiguration, effort: Effort = Effort()) {
        self.effort = effort
        let top = configuration.directives
        syntaxErrors = configuration.syntaxErrors
        misspellings = configuration.misspellings
        let level: Level
        let blocks = top.filter { $0.name == "http" && $0.block != nil }
        if let first = blocks.first {
            // nginx takes one; a second one is refused as a duplicate.
            level = Level(.http, first, first.block ?? [], in: nil)
            main = top.filter { $0.name != "http" }
        } else {
            level = Level(.http, nil, top, in: nil)
            main = []
        }
        var servers = level.own("server").filter { $0.block != nil }.map { directive in
            Server(Level(.server, directive, directive.block ?? [], in: level), effort: effort)
        }
        if servers.isEmpty, blocks.isEmpty, top.contains(where: { $0.name == "location" }) {
            // A file with locations alone is the inside of a server.
            servers = [Server(Level(.server, nil, top, in: Level(.http, nil, [], in: nil)), effort: effort)]
        }
        http = level
        self.servers = servers
        upstreams = level.own("upstream").compactMap { directive in
            guard let block = directive.block else { return nil }
            return Upstream(
                name: directive.value,
                servers: block.filter { $0.name == "server" },
                place: directive.place
            )
        }
        maps = level.directives.compactMap(VariableMap.init)
        upstreamsByName = Dictionary(upstreams.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        mapsByVariable = Dictionary(maps.map { ($0.variable, $0) }, uniquingKeysWith: { _, last in last })
        // More than these are on no site.
        let prefixes = Set(servers.lazy.flatMap { $0.mounts.flatMap { [$0.prefix, $0.checkPrefix] } }.prefix(500))
        var questions: [String: CheckURI] = [:]
        for line in ([level] + servers.flatMap { [$0.level] + $0.locations }).flatMap({ $0.own("auth_request") })
        where questions[line.value] == nil {
            questions[line.value] = CheckURI(line.value, prefixes: prefixes, effort)
        }
        let asked = questions
        let checks = servers.flatMap { server -> [Check] in
            let outer = server.level.own("auth_request").isEmpty && server.level.directive != nil ? [level] : []
            return (outer + [server.level] + server.siteLocations).flatMap { level in
                level.own("auth_request").map { line in
                    Check(server: server, level: level, directive: line, uri: asked[line.value] ?? .other)
                }
            }
        }
        guards = checks.compactMap { check in
            guard case .check(let prefix, let scopes) = check.uri else { return nil }
            return Guard(
                server: check.server,
                level: check.level,
                directive: check.directive,
                prefix: prefix,
                scopes: scopes
            )
        }
        guardsByServer = Dictionary(grouping: guards) { ObjectIdentifier($0.server.level) }
        checkingServers = Set(checks.filter { $0.uri != .other }.map { ObjectIdentifier($0.server.level) })
        self.prefixes = prefixes
        self.checks = checks
        self.questions = asked
        openServers = OpenServer.all(in: self)
        openLevels = Set(openServers.map { ObjectIdentifier($0.server.level) })
    }

    /// The servers that mount grantd.
    var mounting: [Server] { servers.filter { $0.mount != nil } }

    /// The last map of a variable, which is the one that counts.
    func map(of variable: String) -> VariableMap? { mapsByVariable[variable] }

    /// Whether the file that mounts need in `http {}` is there, or could not be read.
    var hasHTTPPart: Bool { map(of: "$grantd_path") != nil || http.hasUnread("grantd.http.conf") }

    /// The upstream that `fastcgi_pass` or `proxy_pass` names.
    func upstream(_ name: String) -> Upstream? { upstreamsByName[name] }

    /// The guards of a server and its locations.
    func guards(of server: Server) -> [Guard] { guardsByServer[ObjectIdentifier(server.level)] ?? [] }

    /// Whether some `auth_request` of a server asks grantd, in whatever way that is spelt.
    func isAsking(_ server: Server) -> Bool { checkingServers.contains(ObjectIdentifier(server.level)) }
}
