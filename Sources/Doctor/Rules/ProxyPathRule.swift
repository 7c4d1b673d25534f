/// No open location leads to a protected path of the same application under another name.
struct ProxyPathRule: SiteRule {
    func findings(in site: Site) -> [Finding] {
        let protected = site.guards.filter { $0.level.pattern?.isPrefix == true }.map(\.level)
        guard !protected.isEmpty else { return [] }
        return site.servers.flatMap { server in
            let open = server.siteLocations.filter { location in
                location.pattern?.isPrefix == true && location.parent === server.level && !site.isProtected(location)
                    && !location.isHarmless && !location.own("proxy_pass").isEmpty
            }
            return open.compactMap { other -> Finding? in
                for level in protected {
                    guard site.effort.spend(4) else { return nil }
                    if let finding = renamed(other, level, server) ?? doubled(other, level, server) { return finding }
                }
                return nil
            }
        }
    }

    /// By a path in `proxy_pass`, which takes the place of the location's own.
    private func renamed(_ open: Level, _ protected: Level, _ server: Server) -> Finding? {
        guard let pass = open.own("proxy_pass").first, let guarded = protected.own("proxy_pass").first,
            Target(.proxy, pass.value) == Target(.proxy, guarded.value),
            let replacing = ApplicationPath.replacing(open),
            let name = open.pattern?.text, let protectedName = protected.pattern?.text
        else { return nil }
        let meant = ApplicationPath.replacing(protected) ?? protectedName
        guard meant.hasPrefix(replacing) || replacing.hasPrefix(meant) else { return nil }
        let path = name + meant.dropFirst(min(replacing.count, meant.count))
        guard case .location(let answering) = server.answerer(of: path), answering === open else { return nil }
        return Finding(
            .failure,
            "proxy-path-open",
            at: pass.place,
            "\(path.withoutQuery) reaches the application's \(meant.withoutQuery), which \(protected.pattern?.description ?? "") protects, without a token.",
            remedy:
                "Write \"location ^~ \(path.withoutQuery)\" with the auth_request and the includes of \(protectedName), "
                + "or one that says \"return 404;\"."
        )
    }

    /// By two slashes, which applications often take for one.
    private func doubled(_ open: Level, _ protected: Level, _ server: Server) -> Finding? {
        guard let line = server.level.setting("merge_slashes"), line.value == "off", let name = protected.pattern?.text,
            case .location(let answering) = server.answerer(of: "/\(name)"), answering === open,
            Target.all(in: open).contains(where: { Target.all(in: protected).map(\.target).contains($0.target) })
        else { return nil }
        return Finding(
            .warning,
            "slashes-not-merged",
            at: line.place,
            "With merge_slashes off, /\(name) reaches the application of \(name) without a token.",
            remedy: "Delete this line, or write the auth_request and the includes in server {}."
        )
    }
}
