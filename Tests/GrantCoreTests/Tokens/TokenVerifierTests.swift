import GrantCore
import Testing

/// Everything that ends a token is asked at every call (RFC 7662 §4).
struct TokenVerifierTests {
    private let registry = InMemoryRegistry([.webApp { $0.scope = "read write" }])
    private let tokens = InMemoryTokens()
    private let grant = Grant(clientID: "web-app", scope: "read")

    private var verifier: TokenVerifier { TokenVerifier(registry: registry, tokens: tokens) }

    private func issue() throws -> AccessToken {
        try tokens.issue(grant, at: Fixture.now, lifetime: 60)
    }

    @Test func `a live token stands for what was granted`() async throws {
        let end = Fixture.now.adding(seconds: 60)
        let record = try await verifier.verify(issue(), at: Timestamp(microseconds: end.microseconds - 1))
        #expect(record == TokenRecord(grant: grant, issuedAt: Fixture.now, expiresAt: end))
    }

    @Test func `an unknown, an expired and a revoked token stand for nothing`() async throws {
        let (unknown, token) = (try #require(AccessToken("never-issued")), try issue())
        #expect(try await verifier.verify(unknown, at: Fixture.now) == nil)
        #expect(try await verifier.verify(token, at: Fixture.now.adding(seconds: 60)) == nil)
        #expect(try await tokens.revoke(token, at: Fixture.now))
        #expect(try await verifier.verify(token, at: Fixture.now) == nil)
    }

    @Test func `a token ends with its client, and lives again when the client does`() async throws {
        let token = try issue()
        registry.clients["web-app"]?.isActive = false
        #expect(try await verifier.verify(token, at: Fixture.now) == nil)
        registry.clients["web-app"]?.isActive = true
        #expect(try await verifier.verify(token, at: Fixture.now) != nil)
        registry.clients["web-app"] = nil
        #expect(try await verifier.verify(token, at: Fixture.now) == nil)
    }

    @Test(arguments: [(-1, true), (0, true), (1, false), (3_600_000_000, false)] as [(Int64, Bool)])
    func `a token from before the client's not_before is dead, to the microsecond`(after: Int64, isLive: Bool)
        async throws
    {
        let token = try issue()
        registry.clients["web-app"]?.notBefore = Timestamp(microseconds: Fixture.now.microseconds + after)
        #expect(try await (verifier.verify(token, at: Fixture.now) != nil) == isLive)
    }

    @Test(arguments: [nil, "first", "second"], [nil, "first", "second"])
    func `a token is good while its generation is the client's, whatever the clock says`(
        issued: String?,
        current: String?
    ) async throws {
        let grant = Grant(clientID: "web-app", scope: "read", generation: issued.flatMap(Generation.init))
        // Under a clock that was a day ahead.
        let token = try tokens.issue(grant, at: Fixture.now.adding(seconds: 86_400), lifetime: 60)
        registry.clients["web-app"]?.generation = current.flatMap(Generation.init)
        #expect(try await (verifier.verify(token, at: Fixture.now) != nil) == (issued == current))
    }

    @Test func `a secret that ended and a scope that shrank leave issued tokens as they are`() async throws {
        let token = try issue()
        registry.clients["web-app"]?.secrets = []
        registry.clients["web-app"]?.scope = .none
        #expect(try await verifier.verify(token, at: Fixture.now)?.grant.scope == "read")
    }

    @Test func `a store and a registry that cannot be read are errors, not dead tokens`() async throws {
        let token = try issue()
        registry.failure = .unavailable("clients")
        await #expect(throws: StorageError.unavailable("clients")) { try await verifier.verify(token, at: Fixture.now) }
        tokens.failure = .unavailable("tokens")
        await #expect(throws: StorageError.unavailable("tokens")) { try await verifier.verify(token, at: Fixture.now) }
    }
}
