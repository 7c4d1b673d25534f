/// grantd.http.conf: once, in `http {}`.
struct HTTPPartRule: SiteRule {
    func findings(in site: Site) -> [Finding] {
        var findings = misplaced(site)
        let copies = site.http.directives.filter(isPart)
        if copies.count > 1 {
            findings.append(
                Finding(
                    .failure,
                    "http-part-twice",
                    at: copies[1].via ?? copies[1].place,
                    "grantd.http.conf is included more than once, so nginx refuses the configuration.",
                    remedy: "Keep the first \"include snippets/grantd.http.conf;\" and delete this one."
                )
            )
        }
        if !site.hasHTTPPart, findings.isEmpty, let mount = site.mounting.first?.mount {
            findings.append(
                Finding(
                    .failure,
                    "http-part-missing",
                    at: mount.place,
                    "grantd is mounted, but grantd.http.conf is not included, so nginx refuses the configuration.",
                    remedy: "Write \"include snippets/grantd.http.conf;\" once in http {}, above all server {}."
                )
            )
        }
        return findings + sizesBelow(site)
    }

    private func isPart(_ directive: NginxDirective) -> Bool {
        if directive.name == "map" { return directive.arguments.last == "$grantd_path" }
        return directive.name == "include" && NginxPath.name(of: directive.value) == "grantd.http.conf"
    }

    private func misplaced(_ site: Site) -> [Finding] {
        let levels = site.servers.flatMap { server in
            [(server.level.directives, "server {}")] + server.locations.map { ($0.directives, "a location") }
        }
        return ([(site.main, "the main part, outside http {}")] + levels).flatMap { directives, place in
            directives.filter(isPart).map { part in
                Finding(
                    .failure,
                    "http-part-misplaced",
                    at: part.via ?? part.place,
                    "grantd.http.conf is included in \(place), so nginx refuses the configuration.",
                    remedy: "Move \"include snippets/grantd.http.conf;\" into http {}, above all server {}."
                )
            }
        }
    }

    /// nginx fixes these sizes at the first map.
    private func sizesBelow(_ site: Site) -> [Finding] {
        guard let part = site.http.directives.firstIndex(where: isPart) else { return [] }
        return site.http.directives[part...].filter {
            $0.name.hasPrefix("map_hash_") && $0.via != site.http.directives[part].via
        }
        .prefix(1).map { size in
            Finding(
                .failure,
                "map-size-below-http-part",
                at: size.place,
                "\(size.name) stands below grantd.http.conf, so nginx refuses it as a duplicate.",
                remedy: "Move this line above \"include snippets/grantd.http.conf;\"."
            )
        }
    }
}
