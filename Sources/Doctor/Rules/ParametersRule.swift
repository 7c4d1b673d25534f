/// What the shipped files tell grantd is what they were shipped to tell.
struct ParametersRule: SiteRule {
    func findings(in site: Site) -> [Finding] {
        var seen: Set<Finding.Place> = []
        let changed = site.mounting.flatMap { server -> [Finding] in
            guard let mount = server.mount else { return [] }
            return missing(mount.endpoints, Self.ofEndpoints) + missing(mount.check, Self.ofCheck)
                + missing(mount.question, Self.ofQuestion)
        }
        return
            (changed + overwritten(site) + replaced(site) + outranked(site)
            + forgotten(site)).filter { finding in
                finding.place.map { seen.insert($0).inserted } ?? true
            }
    }

    private func missing(_ location: Level?, _ needed: [(name: String, value: String)]) -> [Finding] {
        guard let location else { return [] }
        let lines = location.effective("fastcgi_param")
        return needed.compactMap { name, value in
            let line = lines.last { $0.value == name }
            if let line, line.arguments.count > 1, line.arguments[1] == value { return nil }
            return Finding(
                .failure,
                "mount-parameter-changed",
                at: line?.place ?? location.place,
                "\(location.pattern?.description ?? "") does not tell grantd \(name) as the shipped file does.",
                remedy: "Write fastcgi_param \(name) \(value)"
                    + (["HTTPS", "GRANTD_FORWARDED", "HTTP_AUTHORIZATION"].contains(name) ? " if_not_empty;" : ";")
            )
        }.prefix(1).map { $0 }
    }

    private static let ofBoth = [
        ("REMOTE_ADDR", "$remote_addr"), ("HTTPS", "$grantd_https"), ("GRANTD_FORWARDED", "$grantd_forwarded"),
    ]
    private static let ofEndpoints =
        [
            ("REQUEST_METHOD", "$request_method"), ("PATH_INFO", "$fastcgi_path_info"),
            ("CONTENT_TYPE", "$content_type"),
            ("CONTENT_LENGTH", "$content_length"),
        ] + ofBoth
    private static let ofCheck =
        [
            ("PATH_INFO", "/check"), ("OAUTH_REQUIRE_SCOPE", "$fastcgi_path_info"),
            ("OAUTH_REQUIRE_AUDIENCE", "$oauth_audience"), ("HTTP_AUTHORIZATION", "$http_authorization"),
        ] + ofBoth

    private static let ofQuestion =
        [
            ("PATH_INFO", "/check"), ("QUERY_STRING", "$query_string"), ("HTTP_AUTHORIZATION", "$http_authorization"),
        ] + ofBoth

    /// Variables that only grantd's files may set.
    private func overwritten(_ site: Site) -> [Finding] {
        let levels: [Level] = site.servers.flatMap { server in [server.level] + server.siteLocations }
        let lines: [NginxDirective] = levels.flatMap { level -> [NginxDirective] in
            let inner = level.conditions.flatMap { $0.block ?? [] }
            return level.own("set") + inner.filter { $0.name == "set" }
        }
        // The shipped file sets $grantd_checked itself; in a wrong place it is another rule's.
        return lines.filter { line in
            if line.value == Self.audience { return Self.isCallers(line.arguments.dropFirst().first ?? "") }
            return (line.value.hasPrefix("$oauth_") || line.value.hasPrefix("$grantd_"))
                && line.value != "$grantd_checked"
        }.map { line in
            Finding(
                .failure,
                "variable-overwritten",
                at: line.place,
                "set gives \(line.value) a value of the site's own, which is believed as grantd's.",
                remedy: "Delete this line, or use a variable of another name."
            )
        }
    }

    /// Audiences of locations that are lost: the check runs the lines of `server {}` once more, after the location's.
    private func outranked(_ site: Site) -> [Finding] {
        site.servers.flatMap { server -> [Finding] in
            guard server.level.own("set").contains(where: { $0.value == Self.audience }) else { return [] }
            return server.siteLocations.flatMap { $0.own("set") }.filter { $0.value == Self.audience }.map { line in
                Finding(
                    .failure,
                    "audience-lost",
                    at: line.place,
                    "server {} sets \(Self.audience) as well, and its value takes the place of this one in the check.",
                    remedy: "Set it in server {} or in its locations, not in both."
                )
            }
        }
    }

    /// Locations within one that asks for an audience, which do not ask for it: nginx hands no set line down.
    private func forgotten(_ site: Site) -> [Finding] {
        let asking = { (level: Level) in level.own("set").contains { $0.value == Self.audience } }
        let inServer = site.servers.map(\.level).filter(asking)
        return site.guardedLevels.filter { level in
            guard level.pattern != nil, !asking(level), !inServer.contains(where: level.isWithin) else { return false }
            var outer = level.parent
            while let current = outer, !asking(current) { outer = current.parent }
            return outer != nil
        }.map { level in
            Finding(
                .failure,
                "audience-not-inherited",
                at: level.place,
                "\(level.pattern?.description ?? "") does not ask for the audience of the location around it.",
                remedy: "Repeat set \(Self.audience) in it: nginx does not hand it down."
            )
        }
    }

    private static let audience = "$oauth_audience"

    /// Whether a value has something that callers choose: then they choose the audience that is asked of them.
    private static func isCallers(_ value: String) -> Bool {
        ["$arg_", "${arg_", "$http_", "${http_", "$cookie_", "${cookie_", "$args", "$query_string"].contains {
            value.contains($0)
        }
    }

    /// Values that a protected location takes from elsewhere than grantd's answer, or that `http {}` makes.
    private func replaced(_ site: Site) -> [Finding] {
        let lines = site.guardedLevels.flatMap { $0.own("auth_request_set") }.filter { line in
            Self.taken[line.value].map { $0 != line.arguments.dropFirst().first } ?? false
        }
        let found = lines.map { ("auth_request_set", $0.value, $0.place) }
        let maps = site.maps.filter { Self.taken[$0.variable] != nil }
        return (found + maps.map { ($0.isGeo ? "geo" : "map", $0.variable, $0.place) }).map { name, variable, place in
            Finding(
                .failure,
                "variable-overwritten",
                at: place,
                "\(name) gives \(variable) a value of the site's own, which is believed as grantd's.",
                remedy: "Delete this line, or use a variable of another name."
            )
        }
    }

    /// What grantd.client.conf takes over from the check.
    private static let taken: [String: String] = Dictionary(
        uniqueKeysWithValues: ["client_id", "scope", "expires", "challenge", "error"].map {
            ("$oauth_\($0)", "$upstream_http_x_oauth_\($0)")
        }
    )
}
