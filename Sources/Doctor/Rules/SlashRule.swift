/// The path of a protected prefix without the slash at its end leads to no other check.
struct SlashRule: SiteRule {
    func findings(in site: Site) -> [Finding] {
        site.guards.compactMap { guarding in
            guard let pattern = guarding.level.pattern, pattern.isPrefix, pattern.text.hasSuffix("/") else {
                return nil
            }
            let path = String(pattern.text.dropLast())
            guard !path.isEmpty, case .location(let other) = guarding.server.answerer(of: path),
                let found = other.pattern,
                found.text == path || found.isExpression && guarding.isAnswering(pattern.text),
                !guarding.server.isOurs(other),
                !site.isProtected(other), other.own("auth_request").isEmpty, !other.isHarmless, !other.isRestricted
            else { return nil }
            let targets = ([guarding.level] + InternalRedirect.targets(of: guarding.level, in: guarding.server)).flatMap
            { level in
                Target.all(in: level).map { ($0.target, level) }
            }
            let pass = Target.all(in: other).first { pass in
                targets.contains { site.isShared($0.0, at: $0.1, pass.target, at: other) }
            }
            guard let pass else { return nil }
            return Finding(
                .warning,
                "path-without-slash-open",
                at: pass.place,
                "\(found.description) leads \(path), without the slash, to the application of \(pattern.description) "
                    + "without a token.",
                remedy: "Write the auth_request and the includes of \(pattern.text) here too, or delete this location: "
                    + "nginx redirects \(path) to \(pattern.text)."
            )
        }
    }
}

extension Guard {
    /// Whether what it protects answers a path itself; if another location does, that is another rule's.
    fileprivate func isAnswering(_ path: String) -> Bool {
        if case .location(let found) = server.answerer(of: path) { found === level } else { false }
    }
}
