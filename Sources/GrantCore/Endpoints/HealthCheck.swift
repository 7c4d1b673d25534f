/// Says whether clients can be read and tokens issued, by doing both, at most once a second for all callers.
package final class HealthCheck {
    private let registry: (any ClientRegistry)?
    private let tokens: any TokenStore
    private let probe: Grant
    private var last: (outcome: Result<Void, HealthFailure>, at: Timestamp)?

    /// Seconds that an outcome is told again.
    private static let lifetime: Int64 = 1

    /// A check of a registry and a store.
    ///
    /// - Parameter registry: nil where it is in the same place as the tokens, so that they show whether it can be read.
    package init(registry: (any ClientRegistry)?, tokens: any TokenStore) {
        guard let id = ClientID("(health check)") else { preconditionFailure("this is an id") }
        self.registry = registry
        self.tokens = tokens
        self.probe = Grant(clientID: id, scope: .none)
    }

    /// Looks a client up, and issues a token that expires after a second and is not handed out; or returns the result of
    /// the last second.
    package func run(at now: Timestamp) async throws(HealthFailure) {
        if let last, last.at <= now, now < last.at.adding(seconds: Self.lifetime) { return try last.outcome.get() }
        let outcome: Result<Void, HealthFailure>
        do throws(HealthFailure) {
            try await probe(at: now)
            outcome = .success(())
        } catch {
            outcome = .failure(error)
        }
        last = (outcome, now)
        try outcome.get()
    }

    private func probe(at now: Timestamp) async throws(HealthFailure) {
        do {
            _ = try await registry?.client(for: probe.clientID)
        } catch {
            throw HealthFailure(reason: "clients cannot be read", cause: error)
        }
        do throws(StorageError) {
            _ = try await tokens.issue(probe, at: now, lifetime: 1, signedBy: nil)
        } catch .full(let text) {
            throw HealthFailure(reason: "there is no room for another token", cause: .full(text))
        } catch {
            throw HealthFailure(reason: "tokens cannot be issued", cause: error)
        }
    }
}

/// Why no token can be granted now.
package struct HealthFailure: Error, Equatable {
    /// What the caller is told: a fixed sentence, without a name of a file or a client.
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
