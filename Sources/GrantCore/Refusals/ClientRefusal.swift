/// Why a client was not authenticated, and which it said it was: the log hears the reason, the caller does not.
package struct ClientRefusal: Sendable, Equatable {
    /// The reason.
    package let reason: Reason
    /// The client that the request named, known or not.
    package let claimed: ClientID?

    /// Describes a refusal.
    package init(_ reason: Reason, claimed: ClientID?) {
        self.reason = reason
        self.claimed = claimed
    }

    /// The reasons, with the words that the log has for them.
    package enum Reason: String, Sendable {
        /// The request carries no client authentication.
        case noCredentials = "no client authentication"
        /// The Authorization header is of another scheme than Basic.
        case unsupportedScheme = "unsupported authentication scheme"
        /// No client has this id.
        case unknownClient = "unknown client"
        /// The secret is none of the client's.
        case wrongSecret = "wrong secret"
        /// The secret was the client's, and has ended.
        case expiredSecret = "ended secret"
        /// The secret is right, and the client is switched off.
        case disabledClient = "disabled client"
        /// The secret is right, and the client's file names another way to send it.
        case otherMethod = "other authentication method than registered"
    }
}

extension ClientRefusal.Reason {
    /// Whether credentials were held against a client, so that the answer must not tell what came of it.
    var isFailedAuthentication: Bool {
        switch self {
        case .noCredentials, .unsupportedScheme: false
        case .unknownClient, .wrongSecret, .expiredSecret, .disabledClient, .otherMethod: true
        }
    }

    /// Whether the secret is the client's own, so that comparing it again could tell nothing more.
    var isOfMatchedSecret: Bool {
        switch self {
        case .noCredentials, .unsupportedScheme, .unknownClient, .wrongSecret, .expiredSecret: false
        case .disabledClient, .otherMethod: true
        }
    }

    /// What the caller is told: one sentence for everything that it must not tell apart.
    var description: String {
        switch self {
        case .noCredentials: "no client authentication: use Basic, or client_id and client_secret in the body"
        case .unsupportedScheme: "a client authenticates by Basic, or by client_id and client_secret in the body"
        case .unknownClient, .wrongSecret, .expiredSecret, .disabledClient: "client authentication failed"
        case .otherMethod: "the client is registered for another token_endpoint_auth_method"
        }
    }
}
