import Testing

@testable import GrantCore

struct HealthCheckTests {
    private let registry = InMemoryRegistry([])
    private let tokens = InMemoryTokens()

    /// What is wrong; nil if nothing is.
    private func failure() async -> HealthFailure? {
        do throws(HealthFailure) {
            try await HealthCheck(registry: registry, tokens: tokens).run(at: Fixture.now)
            return nil
        } catch {
            return error
        }
    }

    @Test func `it looks a client up and issues a token, for a second and to nobody`() async throws {
        #expect(await failure() == nil)
        #expect(registry.lookups.count == 1)
        let record = try #require(tokens.records.values.first)
        #expect(tokens.records.count == 1)
        #expect(record.expiresAt == Fixture.now.adding(seconds: 1))
        #expect(record.grant.scope.isEmpty)
    }

    @Test func `it tells an outcome again for a second, a failure as well, and asks anew when the clock was set back`()
        async
    {
        let check = HealthCheck(registry: registry, tokens: tokens)
        func outcome(_ microseconds: Int64) async -> HealthFailure? {
            do throws(HealthFailure) {
                try await check.run(at: Timestamp(microseconds: Fixture.now.microseconds + microseconds))
                return nil
            } catch {
                return error
            }
        }
        for time in [0, 1, 500_000, 999_999] as [Int64] { #expect(await outcome(time) == nil) }
        #expect(tokens.records.count == 1)
        tokens.failure = .full("pwrite: ENOSPC")
        #expect(await outcome(999_999) == nil)
        #expect(await outcome(1_000_000) != nil)
        tokens.failure = nil
        #expect(await outcome(1_999_999) != nil)
        #expect(await outcome(2_000_000) == nil)
        #expect(tokens.records.count == 2)
        #expect(await outcome(0) == nil)
        #expect(tokens.records.count == 3)
    }

    @Test(
        arguments: [
            (.full("pwrite 6-1.slots: ENOSPC"), "there is no room for another token"),
            (.unavailable("openat 6-1.slots: EACCES"), "tokens cannot be issued"),
            (.syncFailed("fdatasync: EIO"), "tokens cannot be issued"),
            (.unknownFormat("6-1.slots is of format 9"), "tokens cannot be issued"),
        ] as [(StorageError, String)]
    )
    func `a store that cannot issue is a failure with a reason`(cause: StorageError, reason: String) async {
        tokens.failure = cause
        #expect(await failure() == HealthFailure(reason: reason, cause: cause))
    }

    @Test func `so is a registry that cannot be read, and then no token is issued`() async {
        registry.failure = .unavailable("fstatat: EACCES")
        #expect(
            await failure() == HealthFailure(reason: "clients cannot be read", cause: .unavailable("fstatat: EACCES"))
        )
        #expect(tokens.records.isEmpty)
    }

    @Test func `what is told holds nothing of the cause`() async {
        tokens.failure = .full("pwrite 6-1.slots: ENOSPC")
        #expect(await failure()?.json == #"{"status":"failing","reason":"there is no room for another token"}"#)
    }
}
