/// No rewrite of `server {}` takes a protected path to where no token is asked for: nginx rewrites before it looks for a
/// location.
struct ServerRewriteRule: SiteRule {
    func findings(in site: Site) -> [Finding] {
        site.servers.flatMap { server -> [Finding] in
            let guarded = server.siteLocations.filter { site.isGuarded($0) && $0.pattern?.kind != .named }
            guard !guarded.isEmpty else { return [] }
            return server.level.directives.enumerated().flatMap { index, directive -> [Finding] in
                let rest = server.level.directives.dropFirst(index + 1)
                let isFileTest = directive.arguments.first.map { $0.hasPrefix("(!-") } ?? false
                let rewrites = directive.name == "if" ? directive.block ?? [] : [directive]
                return rewrites.filter { $0.name == "rewrite" && $0.arguments.count >= 2 }.compactMap { rewrite in
                    // Read once: it is tried on every location.
                    guard let expression = PathExpression(rewrite.value) else { return nil }
                    for location in guarded {
                        guard site.effort.spend() else { return nil }
                        if let found = finding(rewrite, expression, rest, location, isFileTest, server, site) {
                            return found
                        }
                    }
                    return nil
                }
            }
        }
    }

    private func finding(
        _ rewrite: NginxDirective,
        _ expression: PathExpression,
        _ rest: ArraySlice<NginxDirective>,
        _ location: Level,
        _ isFileTest: Bool,
        _ server: Server,
        _ site: Site
    ) -> Finding? {
        guard let pattern = location.pattern else { return nil }
        let start = pattern.isExpression ? pattern.expression?.path(below: "/", site.effort) ?? "/" : pattern.text
        let path = expression.paths(below: start, site.effort).first { path in
            guard pattern.kind != .exact || path == start, case .location(let found) = server.answerer(of: path) else {
                return false
            }
            return found === location
        }
        guard let path, let target = Self.result(of: rewrite, and: rest, on: path, site.effort) else { return nil }
        let level: Level
        switch server.answerer(of: target) {
        case .location(let found): level = found
        case .server: level = server.level
        case .unknown: return nil
        }
        guard !server.isOurs(level), !site.isProtected(level), !level.isHarmless, level.own("auth_request").isEmpty,
            let severity = severity(rewrite, location, level, isFileTest, server)
        else { return nil }
        return Finding(
            severity,
            "rewrite-before-check",
            at: rewrite.place,
            "This rewrite takes requests such as \(path) to \(level.pattern?.description ?? "the server's own files") before "
                + "they are checked, where no token is asked for.",
            remedy: "Keep \(pattern.text) out of this expression, or write auth_request and its includes there as well."
        )
    }

    /// How bad it is that a level answers in place of a protected one; nil if nothing of what is protected shows there.
    private func severity(
        _ rewrite: NginxDirective,
        _ location: Level,
        _ level: Level,
        _ isFileTest: Bool,
        _ server: Server
    ) -> Finding.Severity? {
        let isApplication = [location] + InternalRedirect.targets(of: location, in: server)
        let hasTarget = isApplication.contains { !Target.all(in: $0).isEmpty }
        guard !Target.all(in: level).isEmpty else {
            // A page of its own, such as that of maintenance.
            guard rewrite.arguments[1].contains("$") else { return nil }
            return hasTarget ? .warning : .failure
        }
        // Files that are there stay protected; what is not there never was.
        return isFileTest && !hasTarget ? nil : .failure
    }

    /// The path that comes of a rewrite and those behind it; nil if it is not known, or the caller is sent elsewhere.
    private static func result(
        of rewrite: NginxDirective,
        and rest: ArraySlice<NginxDirective>,
        on path: String,
        _ effort: Effort
    ) -> String? {
        var path = path
        guard effort.spend(rest.count) else { return nil }
        for line in [rewrite] + rest.filter({ ["rewrite", "return", "break"].contains($0.name) }) {
            if line.name == "return" { return nil }
            if line.name == "break" { return path }
            // To read an expression takes more steps than to try it.
            guard effort.spend(line.value.utf8.count) else { return nil }
            guard line.arguments.count >= 2, PathExpression(line.value)?.matches(path, effort) == true else { continue }
            let flag = line.arguments.count > 2 ? line.arguments[2] : ""
            guard flag != "redirect", flag != "permanent",
                let next = RewriteTarget.path(of: line.arguments[1], from: path), next.hasPrefix("/")
            else { return nil }
            path = next
            if !flag.isEmpty { return path }
        }
        return path
    }
}
