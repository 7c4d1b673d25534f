/// Locations of the site's own that pass requests to grantd.
struct HandWrittenMountRule: SiteRule {
    func findings(in site: Site) -> [Finding] {
        site.servers.flatMap { server in
            server.siteLocations.filter { !isShipped($0) }.flatMap { location in
                Target.all(in: location).filter { isGrantd($0.target, site) }.map { pass in
                    pass.target.kind == .fastcgi
                        ? byHand(location, pass.place) : otherProtocol(pass.target.kind, pass.place)
                }
            }
        }
    }

    /// The shipped file in a wrong place, which is another rule's.
    private func isShipped(_ location: Level) -> Bool {
        Mount.isQuestion(location)
            || location.own("fastcgi_param").contains {
                $0.value == "GRANTD_MONITORING" || $0.value == "OAUTH_REQUIRE_SCOPE"
            }
    }

    private func isGrantd(_ target: Target, _ site: Site) -> Bool {
        target.address == "grantd" || target.address.hasSuffix("/grantd.sock")
            || site.upstream(target.address)?.isGrantd ?? false
    }

    private func otherProtocol(_ kind: Target.Kind, _ place: Finding.Place) -> Finding {
        Finding(
            .failure,
            "wrong-protocol",
            at: place,
            "\(kind.rawValue)_pass leads to grantd, which speaks FastCGI alone, so every request gets 502.",
            remedy: "Delete this location, and write \"include snippets/grantd.server.conf;\" at the top of server {}."
        )
    }

    private func byHand(_ location: Level, _ place: Finding.Place) -> Finding {
        let set = Set(location.effective("fastcgi_param").map(\.value))
        let include = "write \"include snippets/grantd.server.conf;\" at the top of server {}."
        if !set.contains("PATH_INFO") {
            return Finding(
                .failure,
                "path-info-missing",
                at: place,
                "\(location.pattern?.description ?? "") passes requests to grantd without PATH_INFO, so every path is 404.",
                remedy: "Delete this location, and \(include)"
            )
        }
        let missing = Self.needed.filter { !set.contains($0) }
        guard missing.isEmpty else {
            return Finding(
                .failure,
                "parameters-missing",
                at: place,
                "\(location.pattern?.description ?? "") passes requests to grantd without \(missing.joined(separator: ", ")).",
                remedy: "Delete this location, and \(include)"
            )
        }
        return Finding(
            .warning,
            "mount-by-hand",
            at: place,
            "\(location.pattern?.description ?? "") mounts grantd without the limits and protections of grantd.server.conf.",
            remedy: "Delete this location, and \(include)"
        )
    }

    /// Without GRANTD_FORWARDED a proxied request counts as local.
    private static let needed = [
        "REQUEST_METHOD", "CONTENT_TYPE", "CONTENT_LENGTH", "REMOTE_ADDR", "HTTPS", "GRANTD_FORWARDED",
    ]
}
