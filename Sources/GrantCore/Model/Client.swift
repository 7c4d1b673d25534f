import Encoding
package import JOSE

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
    /// What becomes of a request for more.
    package var scopePolicy: ScopePolicy
    /// How it has to authenticate, if it is held to one way; nil leaves it the choice.
    package var authenticationMethod: ClientAuthenticationMethod?
    /// Its secrets: any one that has not ended will do.
    package var secrets: [StoredSecret]
    /// Its public keys, if it has any: an assertion has to be signed by one of them.
    package var keys: JWKSet?
    /// What its assertions have to be.
    package var assertions: AssertionPolicy
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
    /// The services that its tokens may be for.
    package var audiences: Audience
    /// Those that its tokens are for if it does not ask; each is one of ``audiences``.
    package var defaultAudience: Audience
    /// What kind of tokens it gets, if it has its own; nil for the server's.
    package var tokenFormat: AccessTokenFormat?

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
        self.scopePolicy = .exact
        self.authenticationMethod = nil
        self.secrets = []
        self.keys = nil
        self.assertions = AssertionPolicy()
        self.accessTokenLifetime = nil
        self.isActive = true
        self.generation = nil
        self.notBefore = nil
        self.mayIntrospect = false
        self.audiences = .none
        self.defaultAudience = .none
        self.tokenFormat = nil
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
    /// A JWT that the client signs with its private key (RFC 7523 §2.2).
    case privateKeyJWT = "private_key_jwt"

    /// Those by a secret.
    package static let bySecret: [ClientAuthenticationMethod] = [.basic, .body]
}

/// What the assertions of a client have to be, beside what RFC 7523 §3 asks of all.
package struct AssertionPolicy: Sendable, Equatable {
    /// The one algorithm that they are signed by (RFC 7591 `token_endpoint_auth_signing_alg`); nil for any that a key is for.
    package var algorithm: Algorithm?
    /// Whether `aud` has to be the issuer, and cannot be the URL of the token endpoint.
    package var areForIssuerOnly = false
    /// The most seconds from now to `exp`, and from `iat` to now.
    package var longestLifetime = defaultLifetime

    /// What SMART asks for.
    package static let defaultLifetime = 300
    /// What a client may have, in seconds.
    package static let lifetimes = 1...3600

    /// The policy of a client that has none of its own.
    package init() {}
}

/// The kinds of tokens.
package enum AccessTokenFormat: String, Sendable, CaseIterable {
    /// Random letters, which only this server can look up.
    case opaque
    /// A signed JWT, which others can verify by the keys at `/jwks` (RFC 9068).
    case jwt
}

/// The names of grants that grantd knows (RFC 6749 §4).
package enum GrantType {
    /// RFC 6749 §4.4.
    package static let clientCredentials = "client_credentials"
}
