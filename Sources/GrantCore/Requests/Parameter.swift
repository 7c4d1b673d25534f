/// The names of request parameters that grantd's endpoints know, in forms and in JSON objects.
package enum Parameter: String, Sendable, CaseIterable {
    /// RFC 6749 §4.4.2.
    case grantType = "grant_type"
    /// RFC 6749 §2.3.1.
    case clientID = "client_id"
    /// RFC 6749 §2.3.1.
    case clientSecret = "client_secret"
    /// RFC 7521 §4.2.
    case clientAssertion = "client_assertion"
    /// RFC 7521 §4.2.
    case clientAssertionType = "client_assertion_type"
    /// RFC 6749 §3.3.
    case scope
    /// RFC 7662 §2.1, RFC 7009 §2.1.
    case token
    /// RFC 7662 §2.1, RFC 7009 §2.1: taken, and not needed, since a token shows of which kind it is.
    case tokenTypeHint = "token_type_hint"
    /// RFC 8707 §2.
    case resource
    /// What Auth0, Hydra, Keycloak and others call a name of a service that is not a URI.
    case audience

    /// Those by which clients authenticate, which every endpoint for clients knows.
    static let ofClients: [Parameter] = [.clientID, .clientSecret, .clientAssertion, .clientAssertionType]

    /// The value that nearly all requests have, if there is such a value.
    var commonValue: String? { self == .grantType ? GrantType.clientCredentials : nil }

    /// Whether a request may have it several times (RFC 8707 §2).
    var mayRepeat: Bool { self == .resource || self == .audience }

    /// Its place among all parameters that a request has once.
    fileprivate var place: Int? {
        switch self {
        case .grantType: 0
        case .clientID: 1
        case .clientSecret: 2
        case .clientAssertion: 3
        case .clientAssertionType: 4
        case .scope: 5
        case .token: 6
        case .tokenTypeHint: 7
        case .resource, .audience: nil
        }
    }
}

/// The parameters of one request, none empty, and each at most once but for those that may repeat.
struct RequestParameters: Sendable {
    /// By the parameters' places.
    private var values: [8 of String?] = .init(repeating: nil)

    /// The values of `resource`, in their order.
    private(set) var resources: [String] = []
    /// The values of `audience`, in their order.
    private(set) var audiences: [String] = []

    /// Whether nothing that the endpoint knows was sent.
    private(set) var isEmpty = true

    /// What was sent under a name that a request has once; nil if it was left out or empty, which is the same (RFC 6749
    /// §3.2).
    subscript(name: Parameter) -> String? {
        name.place.flatMap { values[$0] }.flatMap { $0.isEmpty ? nil : $0 }
    }

    /// Takes one more; `invalid_request` if it was there before and may not repeat (RFC 6749 §3.2), or too often.
    mutating func insert(_ value: String, for name: Parameter) throws(OAuthError) {
        isEmpty = false
        guard let place = name.place else { return try insertRepeated(value, for: name) }
        guard values[place] == nil else { throw .invalidRequest("\(name.rawValue) is repeated") }
        values[place] = value
    }

    private mutating func insertRepeated(_ value: String, for name: Parameter) throws(OAuthError) {
        if value.isEmpty { return }
        guard resources.count + audiences.count < Audience.mostNames else {
            throw .invalidRequest("\(name.rawValue) is repeated too often")
        }
        if name == .resource { resources.append(value) } else { audiences.append(value) }
    }
}
