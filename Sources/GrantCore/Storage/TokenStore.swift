/// Where issued tokens are kept.
///
/// What any store promises, and `StoreConformance` holds it to: a token that `issue` handed out is found by every process
/// until it expires or is revoked; no two are equal; what `revoke` answered is never found again.
package protocol TokenStore {
    /// Makes a token for a grant and keeps it. It is on record when this returns.
    ///
    /// - Parameter lifetime: seconds, 1 to 31 536 000.
    func issue(_ grant: Grant, at now: Timestamp, lifetime: Int) throws(StorageError) -> AccessToken

    /// What is on record of a token; nil for one that was never issued, was revoked, or has expired by `now`.
    func find(_ token: AccessToken, at now: Timestamp) throws(StorageError) -> TokenRecord?

    /// Ends a token, for every process and for good when this returns; false where there was no such live token.
    ///
    /// - Parameter client: whose token it has to be; nil for anybody's.
    func revoke(_ token: AccessToken, issuedTo client: ClientID?, at now: Timestamp) throws(StorageError) -> Bool
}

extension TokenStore {
    /// Ends anybody's token.
    package func revoke(_ token: AccessToken, at now: Timestamp) throws(StorageError) -> Bool {
        try revoke(token, issuedTo: nil, at: now)
    }
}

/// What a client was granted.
package struct Grant: Sendable, Hashable {
    /// The client.
    package let clientID: ClientID
    /// The scope, maybe none.
    package let scope: Scope

    /// Describes a grant.
    package init(clientID: ClientID, scope: Scope) {
        self.clientID = clientID
        self.scope = scope
    }
}

/// What is on record of a live token.
package struct TokenRecord: Sendable, Equatable {
    /// What it grants, and to whom.
    package let grant: Grant
    /// When it was issued.
    package let issuedAt: Timestamp
    /// The first moment at which it is no longer good.
    package let expiresAt: Timestamp

    /// Describes a token.
    package init(grant: Grant, issuedAt: Timestamp, expiresAt: Timestamp) {
        self.grant = grant
        self.issuedAt = issuedAt
        self.expiresAt = expiresAt
    }
}
