/// Says whether a token is good: everything that can end one is asked at every call (RFC 7662 §4).
package struct TokenVerifier {
    private let registry: any ClientRegistry
    private let tokens: any TokenStore

    /// A verifier over a store and the registry of those that the tokens were issued to.
    package init(registry: any ClientRegistry, tokens: any TokenStore) {
        self.registry = registry
        self.tokens = tokens
    }

    /// What a good token stands for; nil for one that is unknown, expired or revoked, whose client is gone or switched
    /// off, or that was issued before the client's `not_before`.
    package func verify(_ token: AccessToken, at now: Timestamp) throws(StorageError) -> TokenRecord? {
        guard let record = try tokens.find(token, at: now),
            let client = try registry.client(for: record.grant.clientID),
            client.isActive,
            client.notBefore.map({ record.issuedAt >= $0 }) ?? true
        else { return nil }
        return record
    }
}
