/// The names of request parameters that grantd's endpoints know, in forms and in JSON objects.
package enum Parameter: String, Sendable, CaseIterable {
    /// RFC 6749 §4.4.2.
    case grantType = "grant_type"
    /// RFC 6749 §2.3.1.
    case clientID = "client_id"
    /// RFC 6749 §2.3.1.
    case clientSecret = "client_secret"
    /// RFC 6749 §3.3.
    case scope
    /// RFC 7662 §2.1, RFC 7009 §2.1.
    case token
    /// RFC 7662 §2.1, RFC 7009 §2.1: taken, and of no use to a store that has tokens of one kind.
    case tokenTypeHint = "token_type_hint"
}

/// The parameters of one request, each at most once, none empty.
struct RequestParameters {
    private var entries: [(name: Parameter, value: String)] = []

    /// None yet.
    init() {
        entries.reserveCapacity(Parameter.allCases.count)
    }

    /// What was sent under a name; nil where it was left out or empty, which is the same (RFC 6749 §3.2).
    subscript(name: Parameter) -> String? {
        entries.first { $0.name == name && !$0.value.isEmpty }?.value
    }

    /// Takes one more; `invalid_request` where it was there before (RFC 6749 §3.2).
    mutating func insert(_ value: String, for name: Parameter) throws(OAuthError) {
        guard !entries.contains(where: { $0.name == name }) else {
            throw .invalidRequest("\(name.rawValue) is repeated")
        }
        entries.append((name, value))
    }
}
