/// No location within a protected one is open by mistake.
struct InnerLocationRule: SiteRule {
    func findings(in site: Site) -> [Finding] {
        site.guards.flatMap { guarding in beside(guarding, site) } + site.servers.flatMap { within($0, site) }
    }

    /// Exact locations and longer prefixes that take paths out of a protected one.
    private func beside(_ guarding: Guard, _ site: Site) -> [Finding] {
        let server = guarding.server
        guard !site.effort.isSpent, let pattern = guarding.level.pattern, pattern.isPrefix,
            let parent = guarding.level.parent
        else {
            return []
        }
        return server.locations(in: parent).compactMap { other in
            guard site.effort.spend(), let inner = other.pattern, inner.isPrefix || inner.kind == .exact,
                other !== guarding.level,
                inner.text.hasPrefix(pattern.text), pattern.text != "/", !server.isOurs(other),
                !site.isProtected(other), other.own("auth_request").isEmpty, !other.isHarmless
            else { return nil }
            return Finding(
                Application.isShared(guarding.level, other) ? .failure : .warning,
                "path-within-unprotected",
                at: other.place,
                "\(inner.description) answers a path within \(pattern.text), which needs a token, without asking for one.",
                remedy:
                    "Write the auth_request and the includes of \(guarding.level.place?.description ?? "it") here too, "
                    + "or \"auth_request off;\" if it is meant to be public."
            )
        }
    }

    /// Nested locations that undo the check on the way to the same application.
    private func within(_ server: Server, _ site: Site) -> [Finding] {
        let guarded = Dictionary(
            site.guards(of: server).filter { $0.level.pattern != nil }.map { (ObjectIdentifier($0.level), $0.level) },
            uniquingKeysWith: { first, _ in first }
        )
        guard !guarded.isEmpty else { return [] }
        return server.locations.compactMap { inner in
            guard !site.isProtected(inner), let off = inner.own("auth_request").first else { return nil }
            let targets = Target.all(in: inner).map(\.target)
            var level = inner.parent
            while let around = level {
                let outer = guarded[ObjectIdentifier(around)].map { Target.all(in: $0).map(\.target) } ?? []
                guard outer.contains(where: targets.contains) else {
                    level = around.parent
                    continue
                }
                return Finding(
                    .warning,
                    "nested-location-open",
                    at: off.place,
                    "\(inner.pattern?.description ?? "A location") within a protected one leads to the same application "
                        + "without a token of grantd's.",
                    remedy: "Delete this auth_request, so that the one around it counts."
                )
            }
            return nil
        }
    }
}
