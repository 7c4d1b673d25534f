/// Says whether clients can be read and tokens issued, by doing both.
package struct HealthCheck {
    private let registry: any ClientRegistry
    private let tokens: any TokenStore
    private let probe: Grant

    /// A check of a registry and a store.
    package init(registry: any ClientRegistry, tokens: any TokenStore) {
        guard let id = ClientID("(health check)") else { preconditionFailure("this is an id") }
        self.registry = registry
        self.tokens = tokens
        self.probe = Grant(clientID: id, scope: .none)
    }

    /// Looks a client up, and issues a token that lives a second and that nobody is told.
    ///
    /// - Throws: what a request for a token would meet.
    package func run(at now: Timestamp) throws(StorageError) {
        _ = try registry.client(for: probe.clientID)
        _ = try tokens.issue(probe, at: now, lifetime: 1)
    }
}
