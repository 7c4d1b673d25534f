/// The answer to a denied request is grantd's: no page of the site makes a success of it, or serves what was denied.
struct DenialPageRule: SiteRule {
    func findings(in site: Site) -> [Finding] {
        var seen: Set<Finding.Place> = []
        return site.servers.flatMap { server in
            let levels = [server.level] + server.siteLocations
            return levels.filter { site.isGuarded($0) && $0.hasClientPart }.flatMap { level in
                findings(at: level, of: server, site)
            }
        }.filter { finding in finding.place.map { seen.insert($0).inserted } ?? true }
    }

    private func findings(at level: Level, of server: Server, _ site: Site) -> [Finding] {
        if level.inheritsUnread("grantd.client.conf") { return [] }
        let first = ErrorPage.first(for: 401, at: level)
        if let first, first.isDenial, !first.isSuccess {
            // Statuses that nginx gives before it asks.
            return [403, 413].compactMap { ErrorPage.first(for: $0, at: level) }.compactMap { page in
                opens(page, server, site) ? opening(page) : nil
            }
        }
        guard let first else {
            guard let lost = level.effective("error_page").first else { return [] }
            return [
                Finding(
                    .warning,
                    "denial-page-lost",
                    at: lost.place,
                    "This error_page replaces those of grantd.client.conf above it, so denials have no explanation.",
                    remedy: "Write \"error_page 401 403 500 @grantd_denied;\" above this line."
                )
            ]
        }
        if opens(first, server, site) { return [opening(first)] }
        if first.isSuccess {
            return [
                Finding(
                    .failure,
                    "error-page-success",
                    at: first.place,
                    "This error_page answers a denied request with status \(first.response ?? "200").",
                    remedy:
                        "Take 401 and 403 out of this line, or move it below \"include snippets/grantd.client.conf;\"."
                )
            ]
        }
        guard !first.isDenial else { return [] }
        return [
            Finding(
                .warning,
                "error-page-first",
                at: first.place,
                "This error_page stands above grantd.client.conf, so denials show the site's page instead of the reason.",
                remedy:
                    "Move \"include snippets/grantd.client.conf;\" above this line: the first error_page of a status counts."
            )
        ]
    }

    /// Whether a page is an application's, or files', which no check guards.
    private func opens(_ page: ErrorPage, _ server: Server, _ site: Site) -> Bool {
        let level: Level
        if page.target.hasPrefix("@") {
            guard let named = server.named(page.target) else { return false }
            level = named
        } else {
            guard page.target.hasPrefix("/"), case .location(let found) = server.answerer(of: page.target) else {
                return false
            }
            level = found
        }
        return !server.isOurs(level) && !site.isProtected(level) && !Target.all(in: level).isEmpty
    }

    private func opening(_ page: ErrorPage) -> Finding {
        Finding(
            .failure,
            "error-page-opens",
            at: page.place,
            "This error_page passes a denied request on to \(page.target), where an application answers it without a token.",
            remedy: "Take the status out of this line, or let it name a page that is a file."
        )
    }
}
