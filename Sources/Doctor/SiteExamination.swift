/// Looks at a site's configuration for what is wrong around grantd.
package enum SiteExamination {
    /// What is in order and what is not, by file and line. No statement quotes a value that may be secret.
    package static func findings(of configuration: NginxConfiguration) -> [Finding] {
        let site = Site(configuration)
        // What follows a line that cannot be read may mean something else than it seems.
        let unread = SyntaxRule().findings(in: site)
        guard unread.isEmpty else { return sorted(unread) }
        var seen: Set<Finding.Place> = []
        // One line has one fault: that of the first rule, which is the cause of the others.
        let faults = RuleTable.all.flatMap { $0.findings(in: site) }.filter { fault in
            fault.place.map { seen.insert($0).inserted } ?? true
        }
        return Self.sorted(faults + sound(site, faults)) + cut(site)
    }

    /// The servers that mount grantd.
    package static func mounts(of configuration: NginxConfiguration) -> [MountSummary] {
        let site = Site(configuration)
        return site.servers.flatMap { mounts(of: $0, in: site) }
    }

    private static func mounts(of server: Server, in site: Site) -> [MountSummary] {
        server.mounts.map { mount in
            MountSummary(
                serverNames: server.names,
                listens: server.listens.map(\.address),
                prefix: "/" + mount.prefix,
                socketPath: site.socketPath(of: mount),
                isHTTPS: server.listens.contains(where: \.isSecure),
                place: mount.place
            )
        }
    }

    /// The mounts of the server that answers requests to a host and a port; none if that server cannot be told.
    package static func mounts(
        of configuration: NginxConfiguration,
        answering host: String,
        port: Int
    ) -> [MountSummary] {
        let site = Site(configuration)
        return site.server(answering: host, port: port).map { mounts(of: $0, in: site) } ?? []
    }

    /// The locations that ask grantd in the server that answers requests to a host and a port; none if that server cannot be
    /// told.
    package static func protectedLocations(
        of configuration: NginxConfiguration,
        answering host: String,
        port: Int
    ) -> [ProtectedLocation] {
        let site = Site(configuration)
        return site.server(answering: host, port: port).map { site.guards(of: $0).map(protectedLocation) } ?? []
    }

    /// The locations that ask grantd.
    package static func protectedLocations(of configuration: NginxConfiguration) -> [ProtectedLocation] {
        Site(configuration).guards.map(protectedLocation)
    }

    private static func protectedLocation(_ guarding: Guard) -> ProtectedLocation {
        let pattern = guarding.level.pattern
        return ProtectedLocation(
            server: guarding.server.name,
            pattern: pattern.map { String($0.description.dropFirst("location ".count)) } ?? "/",
            path: pattern.map { $0.isPrefix || $0.kind == .exact ? $0.text : nil } ?? "/",
            scopes: guarding.scopes.split(separator: " ").map(String.init),
            place: guarding.directive.place
        )
    }

    /// What it means that a site is too large.
    private static func cut(_ site: Site) -> [Finding] {
        guard site.effort.isSpent else { return [] }
        return [
            Finding(
                .warning,
                "comparison-cut",
                "The configuration has too many locations and servers to compare them all with each other, so a way around "
                    + "a check may have been missed.",
                remedy: "Name the configuration of one site with --nginx."
            )
        ]
    }

    private static func sound(_ site: Site, _ faults: [Finding]) -> [Finding] {
        let broken = Set(faults.compactMap(\.place))
        let lines = Dictionary(grouping: broken, by: \.file).mapValues { places in places.map(\.line).sorted() }
        let mounts = site.servers.flatMap { server in
            server.mounts.filter { !broken.contains($0.place) }.map { mount in
                Finding(.ok, "mount", at: mount.place, "\(server.name) mounts grantd at /\(mount.prefix).")
            }
        }
        let locations = site.guards.filter { guarding in
            !guarding.covers(oneOf: lines)
        }.map { guarding in
            Finding(.ok, "protected-location", at: guarding.directive.place, guarding.sentence)
        }
        return mounts + locations
    }

    private static func sorted(_ findings: [Finding]) -> [Finding] {
        findings.enumerated().sorted { left, right in
            key(left) < key(right)
        }.map(\.element)
    }

    private static func key(_ item: (offset: Int, element: Finding)) -> (String, Int, Int) {
        (item.element.place?.file ?? "", item.element.place?.line ?? 0, item.offset)
    }
}
