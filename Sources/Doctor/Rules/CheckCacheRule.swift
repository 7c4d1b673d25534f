/// Answers of the check that are kept.
struct CheckCacheRule: SiteRule {
    func findings(in site: Site) -> [Finding] {
        site.mounting.flatMap { server in
            [
                finding(in: server.mount?.check, wanted: ["$fastcgi_path_info", "$oauth_audience"]),
                finding(in: server.mount?.question, wanted: ["$query_string"]),
            ]
            .compactMap(\.self)
        }
    }

    /// - Parameter wanted: the variables that hold what is asked of a token.
    private func finding(in location: Level?, wanted: [String]) -> Finding? {
        guard let location, let cache = location.setting("fastcgi_cache"), cache.value != "off" else { return nil }
        let key = location.setting("fastcgi_cache_key")?.arguments.joined() ?? ""
        guard (["$http_authorization"] + wanted).allSatisfy(key.contains) else {
            return Finding(
                .failure,
                "check-cache-key",
                at: cache.place,
                "The check's answers are kept under a key without the token, the scopes or the audience, so one token gets the answer to another.",
                remedy: "Write fastcgi_cache_key \"$http_authorization \(wanted.joined(separator: " ")) $grantd_https "
                    + "$grantd_forwarded $remote_addr\"; or \"fastcgi_cache off;\"."
            )
        }
        return Finding(
            .warning,
            "checks-cached",
            at: cache.place,
            "The check's answers are kept, so a revoked or expired token passes for as long as fastcgi_cache_valid says.",
            remedy: "Write \"fastcgi_cache off;\" unless the site cannot do without it."
        )
    }
}
