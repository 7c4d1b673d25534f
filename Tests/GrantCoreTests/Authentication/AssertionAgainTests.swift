import JOSE
import Testing

@testable import GrantCore

/// A request is examined again if clients have changed meanwhile; its assertion is used once all the same.
struct AssertionAgainTests {
    private func endpoint(
        _ registry: RememberingRegistry,
        _ used: InMemoryAssertions,
        _ tokens: some TokenStore = InMemoryTokens()
    ) -> TokenEndpoint {
        TokenEndpoint(
            authenticator: ClientAuthenticator(
                registry: registry,
                secrets: SecretMatcher(passwordHash: CountingPasswordHash()),
                limiter: FailureLimiter(counts: InMemoryCounts(), limit: 3, window: 60),
                assertions: AssertionRules(issuer: AssertionDraft.issuer, used: used)
            ),
            tokens: tokens,
            defaultLifetime: 60
        )
    }

    @Test func `what is remembered of a client refuses no assertion`() async throws {
        let registry = RememberingRegistry(.byKey { $0.keys = nil })
        registry.current = .byKey()
        let used = InMemoryAssertions()
        _ = try await endpoint(registry, used).respond(to: AssertionDraft().form, at: Fixture.now)
        #expect(used.uses == 1)
    }

    @Test func `a refusal that holds is confirmed once`() async {
        let registry = RememberingRegistry(.byKey { $0.keys = nil })
        await #expect(throws: OAuthError.invalidClient(ClientRefusal(ofAssertion: .noKeys, claimed: "web-app"))) {
            try await endpoint(registry, InMemoryAssertions()).respond(to: AssertionDraft().form, at: Fixture.now)
        }
        #expect(registry.confirmations == 1)
    }

    @Test func `a client that changes while its token is issued is examined again, and does not trip over its own jti`()
        async throws
    {
        let registry = RememberingRegistry(.byKey { $0.scope = "read write" })
        let used = InMemoryAssertions()
        let tokens = ChangingTokens {
            registry.current = .byKey { $0.scope = "read" }
            registry.confirmBasis(for: "web-app")
        }
        let answer = try await endpoint(registry, used, tokens).respond(to: AssertionDraft().form, at: Fixture.now)
        #expect(answer.grant.scope == "read")
        #expect(used.uses == 1 && tokens.issues == 2 && tokens.discarded == 1)
    }

    @Test func `a client that loses its key meanwhile gets no token`() async {
        let registry = RememberingRegistry(.byKey())
        let tokens = ChangingTokens {
            registry.current = .byKey { $0.keys = nil }
            registry.confirmBasis(for: "web-app")
        }
        let endpoint = endpoint(registry, InMemoryAssertions(), tokens)
        await #expect(throws: OAuthError.invalidClient(ClientRefusal(ofAssertion: .noKeys, claimed: "web-app"))) {
            try await endpoint.respond(to: AssertionDraft().form, at: Fixture.now)
        }
        #expect(tokens.discarded == 1)
    }
}

/// A store during whose first issue something happens.
private final class ChangingTokens: TokenStore {
    private let tokens = InMemoryTokens()
    private let happening: () -> Void
    private(set) var issues = 0
    private(set) var discarded = 0

    init(_ happening: @escaping () -> Void) {
        self.happening = happening
    }

    func issue(
        _ grant: Grant,
        at now: Timestamp,
        lifetime: Int,
        signedBy sign: TokenSigning?
    ) throws(StorageError) -> AccessToken {
        issues += 1
        if issues == 1 { happening() }
        return try tokens.issue(grant, at: now, lifetime: lifetime, signedBy: sign)
    }

    func discard(_ token: AccessToken) { discarded += 1 }

    func find(_ token: AccessToken, at now: Timestamp) throws(StorageError) -> TokenRecord? {
        try tokens.find(token, at: now)
    }

    func revoke(
        _ token: AccessToken,
        issuedTo client: ClientID?,
        at now: Timestamp
    ) throws(StorageError) -> RevocationOutcome {
        try tokens.revoke(token, issuedTo: client, at: now)
    }
}
