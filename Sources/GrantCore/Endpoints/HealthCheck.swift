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
    package func run(at now: Timestamp) throws(HealthFailure) {
        do {
            _ = try registry.client(for: probe.clientID)
        } catch {
            throw HealthFailure(reason: "clients cannot be read", cause: error)
        }
        do throws(StorageError) {
            _ = try tokens.issue(probe, at: now, lifetime: 1)
        } catch .full(let text) {
            throw HealthFailure(reason: "there is no room for another token", cause: .full(text))
        } catch {
            throw HealthFailure(reason: "tokens cannot be issued", cause: error)
        }
    }
}

/// Why no token can be granted now.
package struct HealthFailure: Error, Equatable {
    /// What whoever asks is told: a fixed sentence, without a name of a file or a client.
    package let reason: String
    /// What a request for a token would meet, for the log.
    package let cause: StorageError

    /// Describes a failure.
    package init(reason: String, cause: StorageError) {
        self.reason = reason
        self.cause = cause
    }

    /// The JSON body.
    package var json: String { #"{"status":"failing","reason":"\#(reason)"}"# }
}
