/// A protected prefix keeps the site's regular expressions from its paths.
struct ExpressionRule: SiteRule {
    func findings(in site: Site) -> [Finding] {
        site.guards.compactMap { guarding in
            guard let pattern = guarding.level.pattern, let parent = guarding.level.parent else { return nil }
            if pattern.kind == .prefix { return taken(guarding, pattern, parent, site) }
            return pattern.isExpression ? above(guarding, pattern, site) : nil
        }
    }

    private func taken(_ guarding: Guard, _ pattern: LocationPattern, _ parent: Level, _ site: Site) -> Finding? {
        let server = guarding.server
        for other in server.index(of: parent).expressions {
            guard site.effort.spend() else { return nil }
            guard isOpen(other, server, site), let found = other.pattern,
                let path = found.expression?.paths(below: pattern.text, site.effort).first(where: { path in
                    if case .location(let answering) = server.answerer(of: path) { answering === other } else { false }
                })
            else { continue }
            return Finding(
                Application.isShared(guarding.level, other) ? .failure : .warning,
                "expression-takes-protected-path",
                at: guarding.level.place,
                "Requests such as \(path) are answered by \(found.description), without a token.",
                remedy: pattern.text == "/"
                    ? "Write auth_request and its includes in server {}, and \"auth_request off;\" in what is public."
                    : "Write \"location ^~ \(pattern.text)\" here, which keeps expressions from these paths."
            )
        }
        return nil
    }

    private func above(_ guarding: Guard, _ pattern: LocationPattern, _ site: Site) -> Finding? {
        let server = guarding.server
        guard let path = pattern.expression?.path(below: "/", site.effort),
            case .location(let other) = server.answerer(of: path),
            other !== guarding.level, !other.isWithin(guarding.level), isOpen(other, server, site)
        else { return nil }
        return Finding(
            .failure,
            "expression-takes-protected-path",
            at: guarding.level.place,
            "Requests such as \(path) are answered by \(other.pattern?.description ?? ""), without a token.",
            remedy: "Move this location above that one: of several expressions the first that matches answers."
        )
    }

    /// Whether a location answers without a token and does not say that it means to.
    private func isOpen(_ location: Level, _ server: Server, _ site: Site) -> Bool {
        !server.isOurs(location) && !site.isProtected(location) && location.own("auth_request").isEmpty
            && !location.isHarmless
    }
}
