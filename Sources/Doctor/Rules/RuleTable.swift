/// Every rule, in the order in which a reader would look.
enum RuleTable {
    static let all: [any SiteRule] = [
        SpellingRule(), DuplicateRule(),
        // The shipped files are where they have to be.
        HTTPPartRule(), ServerPartRule(), MountOrderRule(), HandWrittenMountRule(), UpstreamRule(), ParametersRule(),
        // What a location asks.
        CheckSpellingRule(), CheckMountRule(), CheckMissingRule(), ScopeRule(),
        // Ways around it by another server, which make what is missing there of no account.
        OpenServerRule(),
        // What a location needs beside it.
        ClientPartRule(), DenialPageRule(), ProxyPathRule(), IdentityRule(), ListRule(), CacheRule(), SatisfyRule(),
        // Ways around it.
        EarlyAnswerRule(), ServerRewriteRule(), ExpressionRule(), InnerLocationRule(), SlashRule(), SharedFilesRule(),
        InclusionRule(),
        // What holds for the mount.
        AccessRule(), MountPathRule(), BalancerRule(), PlainHTTPRule(), BodySizeRule(), ConnectionLimitRule(),
        CheckCacheRule(),
        HookRule(), LogRule(),
        MonitoringRule(), OriginRule(),
    ]
}
