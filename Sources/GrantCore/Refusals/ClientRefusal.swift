/// Why a client was not authenticated, and which it said it was: the log hears the reason, the caller does not.
package struct ClientRefusal: Sendable, Equatable {
    /// The reason.
    package let reason: Reason
    /// The client that the request named, known or not.
    package let claimed: ClientID?
    /// Which check an assertion failed, in a sentence for the log; nil for other credentials.
    package let detail: String?
    /// Whether it is told only of a client that exists, so that its name is not made up.
    package let provesClient: Bool

    /// Describes a refusal of a secret, or of a request without credentials.
    package init(_ reason: Reason, claimed: ClientID?) {
        self.init(reason, claimed: claimed, detail: nil, provesClient: reason.provesClient)
    }

    /// Describes any refusal.
    init(_ reason: Reason, claimed: ClientID?, detail: String?, provesClient: Bool) {
        self.reason = reason
        self.claimed = claimed
        self.detail = detail
        self.provesClient = provesClient
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
        /// An assertion does not fit, or its signature is wrong.
        case invalidAssertion = "invalid client assertion"
        /// An assertion was used before.
        case usedAssertion = "used client assertion"
    }
}

extension ClientRefusal.Reason {
    /// Whether credentials were held against a client, so that the answer must not tell what came of it.
    var isFailedAuthentication: Bool {
        switch self {
        case .noCredentials, .unsupportedScheme: false
        case .unknownClient, .wrongSecret, .expiredSecret, .disabledClient, .otherMethod, .invalidAssertion,
            .usedAssertion:
            true
        }
    }

    /// Whether the secret is the client's own, so that comparing it again could tell nothing more.
    var isOfMatchedSecret: Bool {
        switch self {
        case .noCredentials, .unsupportedScheme, .unknownClient, .wrongSecret, .expiredSecret, .invalidAssertion,
            .usedAssertion:
            false
        case .disabledClient, .otherMethod: true
        }
    }

    /// Whether it is told only of a client that exists; an assertion's fault says more.
    fileprivate var provesClient: Bool {
        switch self {
        case .noCredentials, .unsupportedScheme, .unknownClient, .invalidAssertion: false
        case .wrongSecret, .expiredSecret, .disabledClient, .otherMethod, .usedAssertion: true
        }
    }

    /// Whether it is an assertion that was refused.
    var isOfAssertion: Bool { self == .invalidAssertion || self == .usedAssertion }

    /// What the caller is told: one sentence for everything that it must not tell apart.
    var description: String {
        switch self {
        case .noCredentials:
            "no client authentication: use Basic, or client_id and client_secret in the body, or a client_assertion"
        case .unsupportedScheme:
            "a client authenticates by Basic, or by client_id and client_secret in the body, or by a client_assertion"
        case .unknownClient, .wrongSecret, .expiredSecret, .disabledClient, .invalidAssertion, .usedAssertion:
            "client authentication failed"
        case .otherMethod: "the client is registered for another token_endpoint_auth_method"
        }
    }
}
