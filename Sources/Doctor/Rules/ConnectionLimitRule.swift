/// Limits of the site's own that count grantd's callers.
struct ConnectionLimitRule: SiteRule {
    func findings(in site: Site) -> [Finding] {
        site.mounting.compactMap { server in
            guard let endpoints = server.mount?.endpoints else { return nil }
            let limit = endpoints.effective("limit_conn").first { line in
                line.arguments.last.flatMap { Int($0) }.map { $0 < 10 } ?? false
            }
            return limit.map { limit in
                Finding(
                    .warning,
                    "connections-limited",
                    at: limit.place,
                    "limit_conn holds for \(server.name)'s mount too, and \(limit.arguments.last ?? "") requests at once are "
                        + "few for a gateway that introspects.",
                    remedy: "Move this line into the site's own locations."
                )
            }
        }
    }
}
