/// Nothing answers a protected request before nginx asks: `return`, `rewrite … last`, `if` with either.
struct EarlyAnswerRule: SiteRule {
    func findings(in site: Site) -> [Finding] {
        site.servers.flatMap { server in
            let guarded = server.siteLocations.filter(site.isGuarded)
            let inLocations = guarded.flatMap { findings(at: $0, of: server, site) }
            let conditions = site.guards(of: server).isEmpty ? [] : server.level.conditions
            return inLocations + early(conditions, at: server.level, of: server, site)
        }
    }

    private func findings(at location: Level, of server: Server, _ site: Site) -> [Finding] {
        let isOwn = !location.own("auth_request").isEmpty
        var findings = early(location.conditions, at: location, of: server, site)
        for directive in location.own("return") {
            let line = ReturnLine(directive)
            if line.isHarmless {
                guard isOwn else { continue }
                findings.append(
                    Finding(
                        .warning,
                        "return-before-check",
                        at: line.place,
                        "return answers every request of this location before it is checked, so auth_request has no effect.",
                        remedy: "Take auth_request out of this location, or the return."
                    )
                )
            } else {
                findings.append(
                    Finding(
                        isOwn ? .failure : .warning,
                        "return-before-check",
                        at: line.place,
                        "return answers every request of this location before it is checked.",
                        remedy: isOwn
                            ? "Serve the content from a file or an application, which nginx asks for after the check."
                            : "Write \"auth_request off;\" in this location if it is meant to be public."
                    )
                )
            }
        }
        if isOwn, let all = location.own("rewrite").first(where: \.redirectsAll) {
            findings.append(
                Finding(
                    .warning,
                    "return-before-check",
                    at: all.place,
                    "rewrite redirects every request of this location before it is checked, so auth_request has no effect.",
                    remedy: "Take auth_request out of this location, or the rewrite."
                )
            )
        }
        return findings + location.own("rewrite").compactMap { rewritten($0, location, server, site) }
    }

    /// What conditions answer by themselves.
    private func early(_ conditions: [NginxDirective], at level: Level, of server: Server, _ site: Site) -> [Finding] {
        conditions.flatMap { condition in
            (condition.block ?? []).compactMap { directive -> Finding? in
                switch directive.name {
                case "return":
                    let line = ReturnLine(directive)
                    if line.isHarmless {
                        guard let page = ErrorPage.first(for: line.code, at: level),
                            leads(to: page.target, server, site)
                        else { return nil }
                        return Finding(
                            .failure,
                            "return-before-check",
                            at: line.place,
                            "This return leads to \(page.target.withoutQuery) by error_page, where no token is asked for.",
                            remedy: "Write auth_request and its includes in that location as well."
                        )
                    }
                    return Finding(
                        line.code == 204 ? .warning : .failure,
                        "return-before-check",
                        at: line.place,
                        "This return answers requests that meet the condition before they are checked.",
                        remedy: line.code == 204
                            ? "For preflight requests write \"if ($grantd_preflight) { rewrite ^ "
                                + "\(server.mount?.checkPrefix ?? "oauth2")-preflight last; }\" instead."
                            : "Take it out, or give those paths a location of their own."
                    )
                case "rewrite" where level.pattern != nil: return rewritten(directive, level, server, site)
                default: return nil
                }
            }
        }
    }

    private func leads(to target: String, _ server: Server, _ site: Site) -> Bool {
        guard let level = server.page(target), !server.isOurs(level) else { return false }
        return !site.isProtected(level) && !Target.all(in: level).isEmpty
    }

    /// A rewrite that takes a request to a location where no token is asked for.
    private func rewritten(_ rewrite: NginxDirective, _ location: Level, _ server: Server, _ site: Site) -> Finding? {
        guard rewrite.arguments.count >= 2, let pattern = location.pattern else { return nil }
        let flag = rewrite.arguments.count > 2 ? rewrite.arguments[2] : "last"
        guard flag == "last", let expression = PathExpression(rewrite.value) else { return nil }
        let start = pattern.isPrefix || pattern.kind == .exact ? pattern.text : "/"
        guard let path = expression.path(below: start, site.effort),
            let target = RewriteTarget.path(of: rewrite.arguments[1], from: path),
            target.hasPrefix("/"), case .location(let level) = server.answerer(of: target),
            level !== location, !server.isOurs(level), !site.isProtected(level), !level.isHarmless
        else { return nil }
        return Finding(
            .failure,
            "rewrite-before-check",
            at: rewrite.place,
            "This rewrite takes a request to \(level.pattern?.description ?? target) before it is checked, "
                + "where no token is asked for.",
            remedy: "Write \"break\" in place of \"last\", or auth_request and its includes in that location as well."
        )
    }
}
