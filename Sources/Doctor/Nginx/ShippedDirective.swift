import Settings

/// The directives that a location needs for grantd.
enum ShippedDirective {
    private static let names = ["auth_request", "auth_request_set", "include"]

    /// The name that a directive nearly has; nil if it has it, or is another directive.
    static func meant(by directive: NginxDirective) -> String? {
        let name = directive.name
        guard !names.contains(name) else { return nil }
        let written = name.lowercased().replacing("-", with: "_")
        func isNear(_ other: String) -> Bool { Spelling.isNear(written, other, atMost: 2) }
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
