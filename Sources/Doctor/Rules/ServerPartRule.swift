/// grantd.server.conf: once in each `server {}` that mounts grantd, and nowhere else.
struct ServerPartRule: SiteRule {
    func findings(in site: Site) -> [Finding] {
        let twice = site.servers.compactMap { server -> Finding? in
            guard server.mounts.count > 1 else { return nil }
            return Finding(
                .failure,
                "mount-twice",
                at: server.mounts[1].place,
                "\(server.name) includes grantd.server.conf more than once, so nginx refuses the configuration.",
                remedy: "Keep one \"include snippets/grantd.server.conf;\" in this server {} and delete this one."
            )
        }
        let locations = site.servers.flatMap(\.locations)
        let wrong = [(site.main, "the main part"), (site.http.directives, "http {}")]
        return twice
            + (wrong + locations.map { ($0.directives, "a location") }).flatMap { directives, place in
                directives.filter(isPart).prefix(1).map { part in
                    Finding(
                        .failure,
                        "server-part-misplaced",
                        at: part.via ?? part.place,
                        "grantd.server.conf is included in \(place), so nginx refuses the configuration.",
                        remedy: "Move \"include snippets/grantd.server.conf;\" into server {}, outside of any location."
                    )
                }
            }
    }

    private func isPart(_ directive: NginxDirective) -> Bool {
        if directive.name == "if" { return directive.arguments == ["($grantd_path)"] && directive.isMountGate }
        return directive.name == "include" && NginxPath.name(of: directive.value) == "grantd.server.conf"
    }
}

extension NginxDirective {
    /// Whether it is the line by which grantd.server.conf keeps its paths from the site's rewrites.
    var isMountGate: Bool {
        name == "if" && arguments == ["($grantd_path)"] && block?.first?.name == "break"
    }
}
