/// The names of request parameters that grantd's endpoints know, in forms and in JSON objects.
package enum Parameter: String, Sendable, CaseIterable {
    /// RFC 6749 §4.4.2.
    case grantType = "grant_type"
    /// RFC 6749 §2.3.1.
    case clientID = "client_id"
    /// RFC 6749 §2.3.1.
    case clientSecret = "client_secret"
    /// RFC 7521 §4.2: known so that it is never passed over beside a secret.
    case clientAssertion = "client_assertion"
    /// RFC 7521 §4.2.
    case clientAssertionType = "client_assertion_type"
    /// RFC 6749 §3.3.
    case scope
    /// RFC 7662 §2.1, RFC 7009 §2.1.
    case token
    /// RFC 7662 §2.1, RFC 7009 §2.1: taken, and of no use to a store that has tokens of one kind.
    case tokenTypeHint = "token_type_hint"

    /// Those by which clients authenticate, which every endpoint for clients knows.
    static let ofClients: [Parameter] = [.clientID, .clientSecret, .clientAssertion, .clientAssertionType]

    /// The value that nearly all requests have, if there is such a value.
    var commonValue: String? { self == .grantType ? GrantType.clientCredentials : nil }

    /// Its place among all parameters.
    fileprivate var place: Int {
        switch self {
        case .grantType: 0
        case .clientID: 1
        case .clientSecret: 2
        case .clientAssertion: 3
        case .clientAssertionType: 4
        case .scope: 5
        case .token: 6
        case .tokenTypeHint: 7
        }
    }
}

/// The parameters of one request, each at most once, none empty.
struct RequestParameters: Sendable {
    /// By the parameters' places.
    private var values: [8 of String?] = .init(repeating: nil)

    /// Whether nothing that the endpoint knows was sent.
    private(set) var isEmpty = true

    /// What was sent under a name; nil if it was left out or empty, which is the same (RFC 6749 §3.2).
    subscript(name: Parameter) -> String? {
        values[name.place].flatMap { $0.isEmpty ? nil : $0 }
    }

    /// Takes one more; `invalid_request` if it was there before (RFC 6749 §3.2).
    mutating func insert(_ value: String, for name: Parameter) throws(OAuthError) {
        guard values[name.place] == nil else {
            throw .invalidRequest("\(name.rawValue) is repeated")
        }
        values[name.place] = value
        isEmpty = false
    }
}
