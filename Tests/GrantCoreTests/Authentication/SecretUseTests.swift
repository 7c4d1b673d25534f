import Testing

@testable import GrantCore

/// Remembers what it is told.
private final class Uses: SecretUseObserver {
    var all: [SecretHash] = []

    func used(_ secret: SecretHash, of client: Client, at now: Timestamp) {
        #expect(client.id == "web-app" && now == Fixture.now)
        all.append(secret)
    }
}

struct SecretUseTests {
    private let uses = Uses()

    private func authenticate(_ secret: String, _ change: (inout Client) -> Void = { _ in }) async -> Bool {
        let client = Client.webApp { client in
            client.secrets.append(StoredSecret(hash: .slow("second"), createdAt: nil))
            client.secrets.append(StoredSecret(hash: SecretHash(ofGenerated: "third"), createdAt: nil))
            client.secrets.append(
                StoredSecret(hash: SecretHash(ofGenerated: "ended"), createdAt: nil, expiresAt: Fixture.now)
            )
            change(&client)
        }
        let authenticator = ClientAuthenticator(
            registry: InMemoryRegistry([client]),
            secrets: SecretMatcher(passwordHash: CountingPasswordHash()),
            limiter: FailureLimiter(counts: InMemoryCounts(), limit: 0, window: 60),
            observer: uses
        )
        let tokens = InMemoryTokens()
        let endpoint = TokenEndpoint(authenticator: authenticator, tokens: tokens, defaultLifetime: 60)
        let request = EndpointRequest.form(authorization: basic("web-app:\(secret)"))
        return await (try? endpoint.respond(to: request, at: Fixture.now)) != nil
    }

    @Test(arguments: [
        ("client-secret", SecretHash(ofGenerated: "client-secret")), ("second", .slow("second")),
        ("third", SecretHash(ofGenerated: "third")),
    ])
    func `the observer is told which of several secrets served`(secret: String, hash: SecretHash) async {
        #expect(await authenticate(secret))
        #expect(uses.all == [hash])
    }

    @Test func `a secret that did not let the client in was not used`() async {
        #expect(await !authenticate("wrong"))
        #expect(await !authenticate("ended"))
        #expect(await !authenticate("client-secret") { $0.isActive = false })
        #expect(await !authenticate("client-secret") { $0.authenticationMethod = .body })
        #expect(uses.all == [])
    }
}
