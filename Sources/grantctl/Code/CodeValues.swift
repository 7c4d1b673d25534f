import GrantCore

/// What a client's code is made of. It never holds a secret, nor the client's id: both come from the environment.
struct CodeValues {
    /// The token endpoint's URL.
    let tokenURL: String
    /// The scope to ask for; empty for all that the client has.
    let scope: String
    /// How the client has to authenticate; nil if any way will do.
    let method: ClientAuthenticationMethod?

    /// The values for a client.
    init(url: TokenURL, client: Client) {
        tokenURL = url.text
        scope = client.scope.description
        method = client.authenticationMethod
    }

    /// Whether the id and the secret go into the form rather than the Authorization header.
    var isInForm: Bool { method == .body }
}

extension String {
    /// The text between double quotes, as Python, Go, JavaScript and Java write it.
    var doubleQuoted: String { "\"\(escaped(["\\", "\""]))\"" }

    /// The text between single quotes, as PHP writes it.
    var singleQuotedForPHP: String { "'\(escaped(["\\", "'"]))'" }

    /// With a backslash before each of these. Control characters are in no scope and in no URL.
    private func escaped(_ special: Set<Unicode.Scalar>) -> String {
        var result = String.UnicodeScalarView()
        for scalar in unicodeScalars {
            if special.contains(scalar) { result.append("\\") }
            result.append(scalar)
        }
        return String(result)
    }
}
