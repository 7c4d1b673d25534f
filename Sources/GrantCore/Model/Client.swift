/// A registered client: what its file says of it, parsed.
package struct Client: Sendable, Equatable {
    /// Its identifier.
    package var id: ClientID
    /// A name for people (RFC 7591 `client_name`).
    package var name: String?
    /// The grants that it may use (RFC 7591 `grant_types`).
    package var grantTypes: [String]
    /// All the scope that it may have.
    package var scope: Scope
    /// How it has to authenticate, if it is held to one way; nil leaves it the choice.
    package var authenticationMethod: ClientAuthenticationMethod?
    /// Its secrets: any one that has not ended will do.
    package var secrets: [StoredSecret]
    /// Its tokens' lifetime in seconds, if it has its own.
    package var accessTokenLifetime: Int?
    /// Whether it may authenticate and its tokens are good.
    package var isActive: Bool
    /// Tokens of another generation are dead. A file without one goes with tokens without one.
    package var generation: Generation?
    /// Tokens issued earlier are dead; for files that are written by hand.
    package var notBefore: Timestamp?
    /// Whether it may ask about every client's tokens (RFC 7662 §2.1).
    package var mayIntrospect: Bool

    /// The most bytes of scope that a client may have: a web server's buffer for the answer to a check holds them.
    package static let longestScope = 7168

    /// The most bytes that a display name may have.
    package static let longestName = 250

    /// Whether a text can be a display name: it is not empty, not too long, and has no control characters.
    package static func isName(_ text: String) -> Bool {
        (1...longestName).contains(text.utf8.count) && text == text.printable
    }

    /// The lifetimes that tokens may have, in seconds: up to a year.
    package static let lifetimes = 1...31_536_000

    /// A new active client with the client credentials grant and nothing else.
    package init(id: ClientID) {
        self.id = id
        self.name = nil
        self.grantTypes = [GrantType.clientCredentials]
        self.scope = .none
        self.authenticationMethod = nil
        self.secrets = []
        self.accessTokenLifetime = nil
        self.isActive = true
        self.generation = nil
        self.notBefore = nil
        self.mayIntrospect = false
    }
}

/// A secret as it is kept: never in clear.
package struct StoredSecret: Sendable, Equatable {
    /// The hash that a presented secret is held against.
    package var hash: SecretHash
    /// When it was made.
    package var createdAt: Timestamp?
    /// From when on it no longer counts.
    package var expiresAt: Timestamp?

    /// Describes a kept secret.
    package init(hash: SecretHash, createdAt: Timestamp?, expiresAt: Timestamp? = nil) {
        self.hash = hash
        self.createdAt = createdAt
        self.expiresAt = expiresAt
    }

    /// Whether it still counts.
    package func isCurrent(at now: Timestamp) -> Bool {
        expiresAt.map { now < $0 } ?? true
    }
}

/// The ways to authenticate that grantd has (RFC 7591 §2, `token_endpoint_auth_method`).
package enum ClientAuthenticationMethod: String, Sendable, CaseIterable {
    /// The Authorization header.
    case basic = "client_secret_basic"
    /// `client_id` and `client_secret` in the body, a form's or a JSON object's.
    case body = "client_secret_post"
}

/// The names of grants that grantd knows (RFC 6749 §4).
package enum GrantType {
    /// RFC 6749 §4.4.
    package static let clientCredentials = "client_credentials"
}
