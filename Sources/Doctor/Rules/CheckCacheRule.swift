/// Answers of the check that are kept.
struct CheckCacheRule: SiteRule {
    func findings(in site: Site) -> [Finding] {
        site.mounting.compactMap { server in
            guard let check = server.mount?.check, let cache = check.setting("fastcgi_cache"), cache.value != "off"
            else {
                return nil
            }
            let key = check.setting("fastcgi_cache_key")?.arguments.joined() ?? ""
            guard ["$http_authorization", "$fastcgi_path_info"].allSatisfy(key.contains) else {
                return Finding(
                    .failure,
                    "check-cache-key",
                    at: cache.place,
                    "The check's answers are kept under a key without the token or the scopes, so one token's answer is another's.",
                    remedy: "Write fastcgi_cache_key \"$http_authorization $fastcgi_path_info $grantd_https "
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
}
