import Settings

/// The directives that a location needs for grantd.
enum ShippedDirective {
    private static let names = ["auth_request", "auth_request_set", "include"]

    /// The names of which a word may be a misspelling; none if it is one of them.
    static func near(_ name: String) -> [String] {
        guard !names.contains(name) else { return [] }
        let written = name.lowercased().replacing("-", with: "_")
        return names.filter { Spelling.isNear(written, $0, atMost: 2) }
    }

    /// The name that a directive nearly has; nil if it has it, or is another directive.
    ///
    /// - Parameter near: the names of which its name may be a misspelling.
    static func meant(by directive: NginxDirective, nearTo near: [String]) -> String? {
        guard !names.contains(directive.name) else { return nil }
        func isNear(_ other: String) -> Bool { near.contains(other) }
        if isNear("include"), ShippedFile.near(directive.value) != nil || directive.value.hasPrefix("snippets/grantd.")
        {
            return "include"
        }
        if directive.value.hasPrefix("$"), isNear("auth_request_set") { return "auth_request_set" }
        if isNear("auth_request") { return "auth_request" }
        // Only auth_request asks a path of this kind.
        let isCheck = directive.arguments.count == 1 && directive.value.hasPrefix("oauth2-check/")
        return isCheck ? "auth_request" : nil
    }
}
