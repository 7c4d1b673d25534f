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
        if level.hasUnreadClientPart { return [] }
        let pages = level.errorPages
        func first(_ code: Int) -> ErrorPage? { pages.first { $0.codes.contains(code) } }
        guard first(401) != nil || pages.isEmpty else {
            return [
                Finding(
                    .warning,
                    "denial-page-lost",
                    at: pages[0].place,
                    "This error_page replaces those of grantd.client.conf above it, so denials have no explanation.",
                    remedy: "Write \"error_page 401 403 500 @grantd_denied;\" above this line."
                )
            ]
        }
        // The statuses of a check, and those that nginx gives before it asks.
        return [401, 403, 500, 413, 429, 503].compactMap { code in
            first(code).flatMap { page in
                if opens(page, server, site) { return opening(page) }
                return [401, 403, 500].contains(code) ? covering(page) : nil
            }
        }
    }

    /// What is wrong with a page for a status of the check's, if it is not grantd's.
    private func covering(_ page: ErrorPage) -> Finding? {
        if page.isSuccess {
            return Finding(
                .failure,
                "error-page-success",
                at: page.place,
                "This error_page answers a denied request with status \(page.response ?? "200").",
                remedy:
                    "Take 401, 403 and 500 out of this line, or move it below \"include snippets/grantd.client.conf;\"."
            )
        }
        guard !page.isDenial else { return nil }
        return Finding(
            .warning,
            "error-page-first",
            at: page.place,
            "This error_page stands above grantd.client.conf, so denials show the site's page instead of the reason.",
            remedy:
                "Move \"include snippets/grantd.client.conf;\" above this line: the first error_page of a status counts."
        )
    }

    /// Whether a page is an application's, which no check guards; it may be reached by another page behind the first.
    private func opens(_ page: ErrorPage, _ server: Server, _ site: Site) -> Bool {
        var page = page
        for _ in 0..<4 {
            guard let level = server.page(page.target), !server.isOurs(level), !site.isProtected(level) else {
                return false
            }
            if let line = level.own("return").first {
                guard let next = ErrorPage.first(for: ReturnLine(line).code, at: level) else { return false }
                page = next
                continue
            }
            return !Target.all(in: level).isEmpty
        }
        return false
    }

    private func opening(_ page: ErrorPage) -> Finding {
        Finding(
            .failure,
            "error-page-opens",
            at: page.place,
            "This error_page passes a denied request on to \(page.target.withoutQuery), where an application answers it without a token.",
            remedy: "Take the status out of this line, or let it name a page that is a file."
        )
    }
}
