import GrantCore

// Values that tests write down are right by the test's own doing: a wrong one stops the test. Never write
// `ClientID("…")` with a literal, which is this initialiser too; give the text a name first.

extension ClientID: ExpressibleByStringLiteral {
    package init(stringLiteral text: String) {
        guard let id = ClientID(text) else { preconditionFailure("no client id: \(text)") }
        self = id
    }
}

extension ClientSecret: ExpressibleByStringLiteral {
    package init(stringLiteral text: String) {
        guard let secret = ClientSecret(text) else { preconditionFailure("no client secret: \(text)") }
        self = secret
    }
}

extension Scope: ExpressibleByStringLiteral {
    package init(stringLiteral text: String) {
        guard let scope = Scope(text) else { preconditionFailure("no scope: \(text)") }
        self = scope
    }
}
