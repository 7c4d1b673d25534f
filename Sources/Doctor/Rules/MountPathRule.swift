/// grantd's own paths are answered by grantd.
struct MountPathRule: SiteRule {
    func findings(in site: Site) -> [Finding] {
        site.mounting.flatMap { server -> [Finding] in
            guard let mount = server.mount, let endpoints = mount.endpoints?.pattern?.text else { return [] }
            return server.locations(in: server.level).compactMap { location in
                guard let pattern = location.pattern, pattern.isPrefix || pattern.kind == .exact,
                    !server.isOurs(location),
                    pattern.text.hasPrefix(endpoints), pattern.text != endpoints, !location.isHarmless,
                    !Target.all(in: location).contains(where: { $0.target.kind == .fastcgi })
                else { return nil }
                return Finding(
                    .warning,
                    "mount-path-taken",
                    at: location.place,
                    "\(pattern.description) answers a path of the mount in grantd's place.",
                    remedy: "Delete this location, or mount grantd elsewhere: sed -i 's,oauth2,api/v1/auth,g' "
                        + "/etc/nginx/snippets/grantd.*.conf."
                )
            }
        }
    }
}
