/// Some address may ask for tokens.
struct AccessRule: SiteRule {
    func findings(in site: Site) -> [Finding] {
        var seen: Set<Finding.Place> = []
        return site.mounting.compactMap { server -> Finding? in
            guard let mount = server.mount else { return nil }
            return taken(mount, server) ?? denied(mount.endpoints ?? server.level, server)
        }.filter { finding in finding.place.map { seen.insert($0).inserted } ?? true }
    }

    /// The rules by address that hold for the mount, which are those of the server or of `http {}`.
    private func denied(_ level: Level, _ server: Server) -> Finding? {
        guard let rule = level.refusal else { return nil }
        return Finding(
            .warning,
            "tokens-denied",
            at: rule.place,
            "deny holds for the mount of \(server.name) too, and no address is allowed, so no client gets a token.",
            remedy:
                "Write an \"allow\" line with the clients' addresses above this line, or move the line into a location."
        )
    }

    /// A location of the site's own for the path at which tokens are asked for.
    private func taken(_ mount: Mount, _ server: Server) -> Finding? {
        guard mount.endpoints != nil, case .location(let level) = server.answerer(of: "/\(mount.prefix)/token"),
            !server.isOurs(level), let line = level.refusal ?? level.own("return").first
        else { return nil }
        return Finding(
            .warning,
            "tokens-denied",
            at: line.place,
            "\(level.pattern?.description ?? "A location") answers /\(mount.prefix)/token in grantd's place, "
                + "so no client gets a token.",
            remedy:
                "Delete this location, or let it name the endpoint that is not wanted, such as /\(mount.prefix)/revoke."
        )
    }
}
