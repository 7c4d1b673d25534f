import Testing

@testable import GrantCore

struct HealthCheckTests {
    private let registry = InMemoryRegistry([])
    private let tokens = InMemoryTokens()

    /// What is wrong; nil where nothing is.
    private func failure() -> HealthFailure? {
        do throws(HealthFailure) {
            try HealthCheck(registry: registry, tokens: tokens).run(at: Fixture.now)
            return nil
        } catch {
            return error
        }
    }

    @Test func `it looks a client up and issues a token, for a second and to nobody`() throws {
        #expect(failure() == nil)
        #expect(registry.lookups.count == 1)
        let record = try #require(tokens.records.values.first)
        #expect(tokens.records.count == 1)
        #expect(record.expiresAt == Fixture.now.adding(seconds: 1))
        #expect(record.grant.scope.isEmpty)
    }

    @Test(
        arguments: [
            (.full("pwrite 6-1.slots: ENOSPC"), "there is no room for another token"),
            (.unavailable("openat 6-1.slots: EACCES"), "tokens cannot be issued"),
            (.syncFailed("fdatasync: EIO"), "tokens cannot be issued"),
            (.unknownFormat("6-1.slots is of format 9"), "tokens cannot be issued"),
        ] as [(StorageError, String)]
    )
    func `a store that cannot issue is a failure with a reason`(cause: StorageError, reason: String) {
        tokens.failure = cause
        #expect(failure() == HealthFailure(reason: reason, cause: cause))
    }

    @Test func `so is a registry that cannot be read, and then no token is issued`() {
        registry.failure = .unavailable("fstatat: EACCES")
        #expect(failure() == HealthFailure(reason: "clients cannot be read", cause: .unavailable("fstatat: EACCES")))
        #expect(tokens.records.isEmpty)
    }

    @Test func `what is told holds nothing of the cause`() {
        tokens.failure = .full("pwrite 6-1.slots: ENOSPC")
        #expect(failure()?.json == #"{"status":"failing","reason":"there is no room for another token"}"#)
    }
}
