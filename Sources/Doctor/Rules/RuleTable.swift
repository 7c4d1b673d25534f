/// Every rule, in the order in which a reader would look.
enum RuleTable {
    static let all: [any SiteRule] = [
        DuplicateRule(),
        // The shipped files are where they have to be.
        HTTPPartRule(), ServerPartRule(), MountOrderRule(), HandWrittenMountRule(), UpstreamRule(), ParametersRule(),
        // What a location asks.
        CheckSpellingRule(), CheckMountRule(), CheckMissingRule(), ScopeRule(),
        // What a location needs beside it.
        ClientPartRule(), DenialPageRule(), ProxyPathRule(), IdentityRule(), ListRule(), CacheRule(), SatisfyRule(),
        // Ways around it.
        EarlyAnswerRule(), ExpressionRule(), InnerLocationRule(), SharedFilesRule(), InclusionRule(),
        // What holds for the mount.
        MountPathRule(), BalancerRule(), PlainHTTPRule(), BodySizeRule(), ConnectionLimitRule(), CheckCacheRule(),
        HookRule(), LogRule(),
        MonitoringRule(), OriginRule(),
    ]
}
