/// Scopes as RFC 6749 §3.3 writes them, separated by spaces.
struct ScopeRule: SiteRule {
    func findings(in site: Site) -> [Finding] {
        site.guards.compactMap { guarding in
            guard guarding.directive.arguments.count == 1 else { return nil }
            let words = guarding.scopes.split(separator: " ").map(String.init)
            lazy var right = "Write auth_request \"\(guarding.prefix)-check/\(separated(guarding.scopes))\";"
            if !guarding.scopes.utf8.allSatisfy({ (0x20...0x7E).contains($0) && $0 != 0x22 && $0 != 0x5C }) {
                return Finding(
                    .failure,
                    "scope-invalid",
                    at: guarding.directive.place,
                    "A scope has a character that no scope can have, so no token passes.",
                    remedy:
                        "Use visible ASCII letters without \" and \\, and spaces between the scopes (RFC 6749 section 3.3)."
                )
            }
            if words.contains(where: { $0.hasPrefix("$") }) {
                return Finding(
                    .failure,
                    "scope-variable",
                    at: guarding.directive.place,
                    "auth_request takes no variables: the scope is the name of the variable itself, which no token has.",
                    remedy: "Write the scopes themselves, in one location for each set of scopes."
                )
            }
            guard
                words.contains(where: { $0.contains { ",+;".contains($0) } || $0.contains("%20") })
                    || words.joined(separator: " ") != guarding.scopes
            else { return nil }
            return Finding(
                .warning,
                "scope-separator",
                at: guarding.directive.place,
                "The scopes \"\(guarding.scopes)\" are not separated by single spaces, so they are other scopes than they seem.",
                remedy: right
            )
        }
    }

    private func separated(_ scopes: String) -> String {
        var text = scopes
        while let range = text.firstRange(of: "%20") { text.replaceSubrange(range, with: " ") }
        return text.split { $0 == "," || $0 == "+" || $0 == " " || $0 == ";" }.joined(separator: " ")
    }
}
