/// Which pages' scripts may ask for tokens (CORS).
struct OriginRule: SiteRule {
    func findings(in site: Site) -> [Finding] {
        guard let map = site.map(of: "$grantd_origin") else { return [] }
        return map.entries.compactMap { entry in
            if entry.name == "default" ? !entry.value.isEmpty : entry.value == "*" {
                return Finding(
                    .warning,
                    "any-origin",
                    at: entry.place,
                    "Scripts of every page may ask for tokens and use them.",
                    remedy: "Name each origin: \"https://app.example.com $http_origin;\", and write \"default '';\"."
                )
            }
            guard entry.name.hasPrefix("~") else { return nil }
            let expression = entry.name.drop { $0 == "~" || $0 == "*" }
            guard !expression.hasPrefix("^") || !expression.hasSuffix("$") && !expression.hasSuffix("\\z") else {
                return nil
            }
            return Finding(
                .warning,
                "origin-unanchored",
                at: entry.place,
                "This expression takes origins that only contain the one that is meant.",
                remedy: "Begin it with ^ and end it with $, or write the origin itself."
            )
        }
    }
}
