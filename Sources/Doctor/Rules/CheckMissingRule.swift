/// No location takes over the answer of a check that it does not ask for.
struct CheckMissingRule: SiteRule {
    func findings(in site: Site) -> [Finding] {
        site.servers.flatMap { server -> [Finding] in
            let levels: [Level] = (site.isAsking(server) ? [] : [server.level]) + server.siteLocations
            return levels.compactMap { level -> Finding? in finding(at: level, of: server, site) }
        }
    }

    private func finding(at level: Level, of server: Server, _ site: Site) -> Finding? {
        // A check within a condition, which nginx refuses, is another rule's.
        let conditions = level.conditions + level.own("limit_except")
        guard let part = Self.part(of: level), level.own("auth_request").isEmpty, !site.isProtected(level),
            !conditions.contains(where: Self.asks)
        else { return nil }
        return Finding(
            .failure,
            "check-missing",
            at: part,
            "grantd.client.conf is included, but no auth_request asks grantd, so every request passes.",
            remedy: "Write auth_request \"\(server.mount?.checkPrefix ?? "oauth2")-check/SCOPES\"; above this line."
        )
    }

    /// The line that brings grantd.client.conf to a level.
    private static func part(of level: Level) -> Finding.Place? {
        let include = level.own("include").first { NginxPath.name(of: $0.value) == "grantd.client.conf" }
        let line = level.own("auth_request_set").first { $0.value == "$oauth_client_id" }
        return include?.place ?? line.map { $0.via ?? $0.place }
    }

    private static func asks(_ block: NginxDirective) -> Bool {
        (block.block ?? []).contains { $0.name == "auth_request" }
    }
}
