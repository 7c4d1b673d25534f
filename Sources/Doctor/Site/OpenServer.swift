/// A server that leads a protected path to the same application without a check.
struct OpenServer: Sendable {
    let server: Server
    /// The location that leads there, and the line by which it does.
    let level: Level
    let place: Finding.Place
    /// What asks for a token elsewhere.
    let protected: Level
    let protecting: Server
    /// Whether a caller reaches it under a name of the protecting server, or under any name.
    let isSameHost: Bool

    /// The servers of a site that are open, each with the first location that is.
    static func all(in site: Site) -> [OpenServer] {
        var protected: [(server: Server, level: Level, passes: [Pass])] = []
        // Servers are compared only if they lead to one address.
        var byAddress: [String: [Int]] = [:]
        for server in site.servers {
            for level in server.siteLocations where site.isGuarded(level) {
                let passes = passes(of: level, in: server)
                for address in Set(passes.flatMap { site.addresses(of: $0.target, at: $0.level) }) {
                    byAddress[address, default: []].append(protected.count)
                }
                if !passes.isEmpty { protected.append((server, level, passes)) }
            }
        }
        guard !protected.isEmpty else { return [] }
        return site.servers.compactMap { server in
            guard !server.isInternal, !server.isRedirecting else { return nil }
            let addresses = Set(
                server.siteLocations.flatMap { level in
                    Target.all(in: level).flatMap { site.addresses(of: $0.target, at: level) }
                }
            )
            let known = addresses.compactMap { byAddress[$0] }
            guard site.effort.spend(known.reduce(0) { $0 + $1.count }) else { return nil }
            return Set(known.joined()).sorted().lazy.compactMap { index in
                let item = protected[index]
                guard item.server.level !== server.level else { return nil }
                return opening(item.level, item.passes, of: item.server, by: server, site)
            }.first
        }
    }

    private typealias Pass = (target: Target, level: Level, place: Finding.Place)

    private static func passes(of level: Level, in server: Server) -> [Pass] {
        ([level] + InternalRedirect.targets(of: level, in: server)).flatMap { level in
            Target.all(in: level).map { ($0.target, level, $0.place) }
        }
    }

    private static func opening(
        _ protected: Level,
        _ passes: [Pass],
        of protecting: Server,
        by server: Server,
        _ site: Site
    ) -> OpenServer? {
        guard !site.effort.isSpent else { return nil }
        for level in answering(protected, by: server) {
            guard !server.isOurs(level), !level.isHarmless, !level.isRestricted, level.own("return").isEmpty,
                level.own("auth_request").isEmpty, level.setting("auth_request").map({ $0.value == "off" }) ?? true,
                level.own("rewrite").map(\.arguments) == protected.own("rewrite").map(\.arguments),
                !level.conditions.contains(where: \.redirectsPlainHTTP)
            else { continue }
            let shared = Self.passes(of: level, in: server).first { open in
                passes.contains {
                    site.isShared($0.target, at: $0.level, open.target, at: open.level)
                        && runsSame($0, open)
                }
            }
            guard let shared else { continue }
            return OpenServer(
                server: server,
                level: level,
                place: shared.place,
                protected: protected,
                protecting: protecting,
                isSameHost: server.isReached(as: protecting)
            )
        }
        return nil
    }

    /// The locations of a server that lead to what a protected location of another server leads to.
    private static func answering(_ protected: Level, by server: Server) -> [Level] {
        guard let pattern = protected.pattern, pattern.kind != .named else { return [] }
        let start = pattern.isExpression ? pattern.expression?.path(below: "/", server.effort) : pattern.text
        guard let start else { return [] }
        let meant = (pattern.isPrefix ? ApplicationPath.replacing(protected) : nil) ?? start
        let same = [meant] + (pattern.kind == .exact ? [] : [meant + "x"])
        var levels: [Level] = []
        for path in same {
            if case .location(let level) = server.answerer(of: path), ApplicationPath.replacing(level) == nil {
                levels.append(level)
            }
        }
        for level in server.replacingLocations where server.effort.spend() {
            if let path = ApplicationPath.asked(level, for: meant),
                case .location(let found) = server.answerer(of: path),
                found === level
            {
                levels.append(level)
            }
        }
        return levels
    }

    /// Whether two passes are to one application: a socket of FastCGI runs scripts of many directories.
    private static func runsSame(_ left: Pass, _ right: Pass) -> Bool {
        guard left.target.kind == .fastcgi else { return true }
        let roots = [left, right].map { $0.level.setting("root")?.value }
        return roots[0] == roots[1]
    }
}
