/// What one client is answered is not served to another.
struct CacheRule: SiteRule {
    func findings(in site: Site) -> [Finding] {
        var seen: Set<Finding.Place> = []
        return site.servers.flatMap { server in
            server.siteLocations.filter(site.isGuarded).flatMap { location in
                Target.all(in: location).compactMap { shared(location, $0.target.kind) }
            }
        }.filter { finding in finding.place.map { seen.insert($0).inserted } ?? true }
    }

    private func shared(_ location: Level, _ kind: Target.Kind) -> Finding? {
        // Without the identity there is another finding, with the same remedy.
        guard let cache = location.setting("\(kind.rawValue)_cache"), cache.value != "off",
            location.tellsIdentity(kind),
            !location.hasUnreadIdentity,
            !["_no_cache", "_cache_bypass"].allSatisfy({ bypasses(location, kind.rawValue + $0) })
        else { return nil }
        return Finding(
            .failure,
            "cache-shares-answers",
            at: cache.place,
            "\(cache.name) keeps what one client was answered by \(location.pattern?.description ?? "a location"), "
                + "and serves it to others.",
            remedy: "Write \"\(cache.name) off;\" in that location, or \"\(kind.rawValue)_no_cache $oauth_expires; "
                + "\(kind.rawValue)_cache_bypass $oauth_expires;\"."
        )
    }

    private func bypasses(_ location: Level, _ name: String) -> Bool {
        location.effective(name).contains { line in line.arguments.contains { $0.contains("$oauth_") } }
    }
}
