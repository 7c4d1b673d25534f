/// No location within a protected one is open by mistake.
struct InnerLocationRule: SiteRule {
    func findings(in site: Site) -> [Finding] {
        site.guards.flatMap { guarding in beside(guarding, site) + within(guarding, site) }
    }

    /// Exact locations and longer prefixes that take paths out of a protected one.
    private func beside(_ guarding: Guard, _ site: Site) -> [Finding] {
        let server = guarding.server
        guard let pattern = guarding.level.pattern, pattern.isPrefix, let parent = guarding.level.parent else {
            return []
        }
        return server.locations(in: parent).compactMap { other in
            guard let inner = other.pattern, inner.isPrefix || inner.kind == .exact, other !== guarding.level,
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
    private func within(_ guarding: Guard, _ site: Site) -> [Finding] {
        let targets = Set(Target.all(in: guarding.level).map(\.target))
        guard guarding.level.pattern != nil, !targets.isEmpty else { return [] }
        return guarding.server.locations.compactMap { inner in
            guard inner !== guarding.level, inner.isWithin(guarding.level), !site.isProtected(inner),
                let off = inner.own("auth_request").first,
                Target.all(in: inner).contains(where: { targets.contains($0.target) })
            else { return nil }
            return Finding(
                .warning,
                "nested-location-open",
                at: off.place,
                "\(inner.pattern?.description ?? "A location") within a protected one leads to the same application "
                    + "without a token of grantd's.",
                remedy: "Delete this auth_request, so that the one around it counts."
            )
        }
    }
}
