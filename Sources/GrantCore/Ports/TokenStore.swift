/// Where issued tokens are kept.
///
/// What any store promises, and `StoreConformance` holds it to: a token that `issue` handed out is found by every process
/// until it expires or is revoked; no two are equal; what `revoke` answered is never found again.
package protocol TokenStore {
    /// Makes a token for a grant and keeps it. It is on record when this returns.
    ///
    /// - Parameters:
    ///   - lifetime: seconds, 1 to 31 536 000.
    ///   - sign: makes a signed token of an opaque one, which is its `jti`; nil for an opaque token. It may be called several
    ///     times, of which the last counts.
    func issue(
        _ grant: Grant,
        at now: Timestamp,
        lifetime: Int,
        signedBy sign: TokenSigning?
    ) async throws(StorageError) -> AccessToken

    /// Forgets a token that was issued and not handed out; if that fails, it ends with its lifetime.
    func discard(_ token: AccessToken) async

    /// What is on record of a token; nil for one that was never issued, was revoked, or has expired by `now`.
    func find(_ token: AccessToken, at now: Timestamp) async throws(StorageError) -> TokenRecord?

    /// Ends a token, for every process and for good when this returns.
    ///
    /// - Parameter client: whose token it has to be; nil for any client's.
    func revoke(
        _ token: AccessToken,
        issuedTo client: ClientID?,
        at now: Timestamp
    ) async throws(StorageError) -> RevocationOutcome
}

/// Makes a signed token (RFC 9068) of an opaque one, which becomes its `jti`.
package typealias TokenSigning = (AccessToken) throws(StorageError) -> AccessToken

extension TokenStore {
    package func discard(_ token: AccessToken) async {}

    /// Revokes a token of any client, and returns whether it was active.
    package func revoke(_ token: AccessToken, at now: Timestamp) async throws(StorageError) -> Bool {
        try await revoke(token, issuedTo: nil, at: now) == .ended
    }
}

/// What became of a token that was to be revoked.
package enum RevocationOutcome: Sendable {
    /// It was live, and has ended.
    case ended
    /// There was no such live token, nor is there for any process.
    case absent
    /// What was kept of it was taken away: another process may let it pass until it has noticed, `settlingTime` at most.
    case unsettled

    /// How long a process may go on with what was taken away under it, and some more for a clock that is slewed.
    package static let settlingTime: Duration = .milliseconds(1100)
}

/// What a client was granted.
package struct Grant: Sendable, Hashable {
    /// The client.
    package let clientID: ClientID
    /// The scope, maybe none.
    package let scope: Scope
    /// The client's generation when the token was issued.
    package let generation: Generation?
    /// The services that the token is for, maybe none.
    package let audience: Audience

    /// Describes a grant.
    package init(clientID: ClientID, scope: Scope, generation: Generation? = nil, audience: Audience = .none) {
        self.clientID = clientID
        self.scope = scope
        self.generation = generation
        self.audience = audience
    }
}

/// What is on record of a live token.
package struct TokenRecord: Sendable, Equatable {
    /// What it grants, and to whom.
    package let grant: Grant
    /// When it was issued.
    package let issuedAt: Timestamp
    /// The first moment at which it has expired.
    package let expiresAt: Timestamp

    /// Describes a token.
    package init(grant: Grant, issuedAt: Timestamp, expiresAt: Timestamp) {
        self.grant = grant
        self.issuedAt = issuedAt
        self.expiresAt = expiresAt
    }
}
