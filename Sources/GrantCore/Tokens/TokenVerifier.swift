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
    /// off, or that is of another generation than the client, or from before its `not_before`.
    package func verify(_ token: AccessToken, at now: Timestamp) async throws(StorageError) -> TokenRecord? {
        guard let record = try await tokens.find(token, at: now),
            let client = try await registry.client(for: record.grant.clientID),
            client.isActive,
            client.generation == record.grant.generation,
            client.notBefore.map({ record.issuedAt >= $0 }) ?? true
        else { return nil }
        return record
    }
}
