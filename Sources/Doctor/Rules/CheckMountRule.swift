/// A check is asked where grantd is mounted, under the same prefix.
struct CheckMountRule: SiteRule {
    func findings(in site: Site) -> [Finding] {
        prefixes(site) + site.servers.compactMap { server in first(server, site) }
    }

    /// The first check of a server that its mount does not answer.
    private func first(_ server: Server, _ site: Site) -> Finding? {
        let guards = site.guards(of: server)
        guard let mount = server.mount else {
            guard let first = guards.first else { return nil }
            return Finding(
                .failure,
                "check-without-mount",
                at: first.directive.place,
                "\(server.name) asks grantd, but does not mount it: \(outcome(server, first)).",
                remedy: "Write \"include snippets/grantd.server.conf;\" at the top of this server {}."
            )
        }
        guard mount.prefix == mount.checkPrefix, let wrong = guards.first(where: { $0.prefix != mount.checkPrefix })
        else { return nil }
        return Finding(
            .failure,
            "check-prefix-differs",
            at: wrong.directive.place,
            "auth_request asks \(wrong.prefix)-check/, but \(server.name) mounts grantd at /\(mount.prefix), "
                + "so \(outcome(server, wrong)).",
            remedy: "Write auth_request \"\(mount.checkPrefix)-check/\(wrong.scopes)\";"
        )
    }

    /// The shipped files agree with each other.
    private func prefixes(_ site: Site) -> [Finding] {
        let inMap = site.map(of: "$grantd_path").map { map in
            map.entries.compactMap { entry -> String? in
                guard entry.name.hasPrefix("~^\\Q/"), entry.name.hasSuffix("/\\E") else { return nil }
                return String(entry.name.dropFirst("~^\\Q/".count).dropLast("/\\E".count))
            }
        }
        return site.mounting.compactMap { server -> Finding? in
            guard let mount = server.mount else { return nil }
            if mount.hasTwoSlashes {
                return Finding(
                    .failure,
                    "prefix-differs",
                    at: mount.place,
                    "\(server.name) mounts grantd at //\(mount.prefix), with two slashes, which no request has: "
                        + "the prefix was changed to one that starts with a slash.",
                    remedy: Self.again(mount.prefix)
                )
            }
            let isWhole = mount.prefix == mount.checkPrefix
            guard isWhole || mount.check != nil else { return nil }
            if isWhole, inMap.map({ $0.isEmpty || $0.contains(mount.prefix) }) ?? true { return nil }
            let others =
                isWhole
                ? "grantd.http.conf still has /\(inMap?.first ?? "")" : "its check is \(mount.checkPrefix)-check/"
            return Finding(
                .failure,
                "prefix-differs",
                at: mount.place,
                "\(server.name) mounts grantd at /\(mount.prefix), but \(others): the prefix was changed in some lines only.",
                remedy: Self.again(mount.prefix)
            )
        }.prefix(1).map { $0 }
    }

    /// How a prefix is changed in all lines. What is not plain is not put into a command.
    private static func again(_ prefix: String) -> String {
        let files = "/etc/nginx/snippets/grantd.*.conf"
        return prefix.isPlainPath
            ? "Install the shipped files again, and run sed -i 's,oauth2,\(prefix),g' \(files)."
            : "Install the shipped files again, and write the new prefix in place of oauth2 in all of \(files)."
    }

    /// What the site answers to a check that no mount takes.
    private func outcome(_ server: Server, _ wrong: Guard) -> String {
        let level = server.level
        let asked = "\(wrong.prefix)-check/\(wrong.scopes)"
        let opening =
            level.own("try_files").first ?? level.own("rewrite").first {
                PathExpression($0.value)?.matches(asked) == true
            } ?? level.effective("error_page").first { ErrorPage($0).codes.contains(404) && ErrorPage($0).isSuccess }
        if let opening { return "its \(opening.name) answers the check, and every request passes" }
        if case .location(let location) = server.answerer(of: asked), let pattern = location.pattern {
            return "its \(pattern.description) answers the check, and may let every request pass"
        }
        return "every request gets 500"
    }
}
