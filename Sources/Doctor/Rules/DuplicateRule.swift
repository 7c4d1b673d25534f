/// Lines that nginx refuses since the shipped files have them already.
struct DuplicateRule: SiteRule {
    func findings(in site: Site) -> [Finding] {
        let levels = [site.http] + site.servers.flatMap { [$0.level] + $0.locations }
        return levels.flatMap(repeated) + site.servers.flatMap(locations) + upstreams(site)
    }

    private func repeated(_ level: Level) -> [Finding] {
        Self.single.compactMap { name in
            let lines = level.own(name)
            guard lines.count > 1 else { return nil }
            let shipped = lines.first(where: isShipped)
            guard let line = lines.last(where: { !isShipped($0) }) ?? lines.last,
                lines.contains(where: isShipped)
                    || Self.isRelevant(level)
            else { return nil }
            let other = shipped.map { "\(NginxPath.name(of: $0.place.file)) has it already" } ?? "it stands there twice"
            return Finding(
                .failure,
                "duplicate-directive",
                at: line.place,
                "nginx refuses this \(name) as a duplicate: \(other).",
                remedy: "Delete this line."
            )
        }
    }

    private func upstreams(_ site: Site) -> [Finding] {
        let places = site.upstreams.filter { $0.name == "grantd" }.map(\.place)
        let isOnce = site.maps.count { $0.variable == "$grantd_path" } == 1
        let own = places.filter { NginxPath.name(of: $0.file) != "grantd.http.conf" }
        guard isOnce, places.count > 1, let place = own.last ?? places.last else { return [] }
        return [
            Finding(
                .failure,
                "duplicate-upstream",
                at: place,
                "nginx refuses this upstream grantd as a duplicate: grantd.http.conf has it already.",
                remedy: "Delete this block, and change the socket's path in grantd.http.conf if it is another one."
            )
        ]
    }

    private func isShipped(_ line: NginxDirective) -> Bool {
        let name = NginxPath.name(of: line.place.file)
        return name.hasPrefix("grantd.") && name.hasSuffix(".conf")
    }

    /// Where grantd is concerned: other lines are the site's own business.
    private static func isRelevant(_ level: Level) -> Bool { !level.own("auth_request").isEmpty }

    private func locations(_ server: Server) -> [Finding] {
        guard let endpoints = server.mounts.first?.endpoints?.pattern?.text, server.mounts.count == 1 else { return [] }
        return server.siteLocations.filter { location in
            location.parent === server.level && location.pattern?.isPrefix == true
                && location.pattern?.text == endpoints
        }.compactMap { location in
            location.place.map { place in
                Finding(
                    .failure,
                    "duplicate-location",
                    at: place,
                    "\(server.name) has a location \(endpoints) of its own beside the mount, which nginx refuses as a duplicate.",
                    remedy: "Delete this location, or mount grantd elsewhere: sed -i 's,oauth2,api/v1/auth,g' "
                        + "/etc/nginx/snippets/grantd.*.conf."
                )
            }
        }
    }

    /// The directives that the shipped files set, and that nginx takes once at a level.
    private static let single = [
        "auth_basic", "auth_request", "charset", "client_body_buffer_size", "client_body_in_file_only",
        "client_max_body_size", "default_type", "fastcgi_buffer_size", "fastcgi_cache", "fastcgi_force_ranges",
        "fastcgi_intercept_errors", "fastcgi_keep_conn", "fastcgi_next_upstream", "fastcgi_pass_request_body",
        "fastcgi_pass_request_headers", "fastcgi_read_timeout", "fastcgi_request_buffering", "fastcgi_store", "gzip",
        "internal", "limit_req_dry_run", "limit_req_status", "mirror", "proxy_store", "satisfy", "scgi_store", "ssi",
        "userid", "uwsgi_store",
    ]
}
