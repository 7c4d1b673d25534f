import Testing

@testable import GrantCore

/// What a slow hash may still tell is undecided at first, and until it is decided nothing has happened.
struct UndecidedTests {
    private static func fixture(failureLimit: Int = 0) -> Fixture {
        Fixture(
            .webApp(),
            .webApp { ($0.id, $0.secrets) = ("slow", [StoredSecret(hash: .slow("chosen"), createdAt: nil)]) },
            .webApp { ($0.id, $0.isActive) = ("off", false) },
            failureLimit: failureLimit
        )
    }

    private static func request(_ pair: String) -> EndpointRequest { .form(authorization: basic(pair)) }

    /// What is to be decided of a request; nil where it has been answered at once.
    private func undecided(
        _ fixture: Fixture,
        _ pair: String
    ) throws(OAuthError) -> UndecidedReply<TokenResponse>? {
        switch try fixture.endpoint.reply(to: Self.request(pair), at: Fixture.now) {
        case .answer: nil
        case .undecided(let undecided): undecided
        }
    }

    /// What a decision refuses for; nil where it does not.
    private func refusal(_ undecided: UndecidedReply<TokenResponse>) -> OAuthError? {
        do throws(OAuthError) {
            _ = try undecided.decide(Fixture.now)
            return nil
        } catch {
            return error
        }
    }

    @Test func `a secret that a cheap comparison proves is answered at once`() throws {
        let fixture = Self.fixture(failureLimit: 3)
        #expect(try undecided(fixture, "web-app:client-secret") == nil)
        let first = try #require(try undecided(fixture, "slow:chosen"))
        first.comparison.run()
        _ = try first.decide(Fixture.now)
        #expect(try undecided(fixture, "slow:chosen") == nil)
        #expect(fixture.passwordHash.calls == 1)
        #expect(fixture.tokens.records.count == 3)
    }

    @Test(arguments: [
        ("slow:wrong", false), ("web-app:wrong", true), ("nobody:x", true), ("off:client-secret", true),
        ("off:wrong", true),
    ])
    func `whatever fails is undecided at first, and is counted once when it is decided`(
        pair: String,
        isEmpty: Bool
    ) throws {
        let fixture = Self.fixture(failureLimit: 3)
        for _ in 0..<5 {
            let forgotten = try #require(try undecided(fixture, pair))
            forgotten.comparison.run()
        }
        #expect(fixture.counts.records.isEmpty)
        for failures in 1...3 {
            let undecided = try #require(try undecided(fixture, pair))
            #expect(undecided.comparison.isEmpty == isEmpty)
            undecided.comparison.run()
            #expect(refusal(undecided)?.code == "invalid_client")
            let counts = fixture.counts.records.filter { if case .failures = $0.key { true } else { false } }
            #expect(!counts.isEmpty && counts.allSatisfy { $0.value.count == failures })
        }
        #expect(throws: OAuthError.tooManyFailures(ClientID(String(pair.prefix { $0 != ":" })), retryAfter: 1)) {
            try undecided(fixture, pair)
        }
    }

    @Test func `a comparison that was not run proves nothing`() throws {
        let fixture = Self.fixture()
        let undecided = try #require(try undecided(fixture, "slow:chosen"))
        #expect(refusal(undecided)?.code == "invalid_client")
        #expect(fixture.passwordHash.calls == 0)
        #expect(fixture.tokens.records.isEmpty)
    }

    @Test func `what was changed while the hash was computed counts`() throws {
        let changes: [(inout Client) -> Void] = [
            { $0.isActive = false },
            { $0.secrets[0].expiresAt = Fixture.now },
            { $0.secrets[0].hash = .slow("another") },
            { $0.grantTypes = [] },
        ]
        for change in changes {
            let fixture = Self.fixture()
            let undecided = try #require(try undecided(fixture, "slow:chosen"))
            undecided.comparison.run()
            var client = try #require(fixture.registry.clients["slow"])
            change(&client)
            fixture.registry.clients["slow"] = client
            #expect(refusal(undecided) != nil)
            #expect(fixture.tokens.records.isEmpty)
        }
    }

    @Test func `a token lives from when the request is decided`() throws {
        let fixture = Self.fixture()
        let undecided = try #require(try undecided(fixture, "slow:chosen"))
        undecided.comparison.run()
        let later = Fixture.now.adding(seconds: 7)
        _ = try undecided.decide(later)
        #expect(fixture.tokens.records.values.map(\.issuedAt) == [later])
    }

    @Test func `each of two readings is held against each secret until one is met, and never a mixture`() throws {
        let fixture = Fixture(
            .webApp {
                $0.secrets = ["a b", "other"].map { StoredSecret(hash: .slow($0), createdAt: nil) }
            }
        )
        let undecided = try #require(try undecided(fixture, "web-app:a+b"))
        undecided.comparison.run()
        #expect(fixture.passwordHash.calls == 1)
        #expect(!undecided.comparison.isMet(by: "a+b", "$fake$a b"))
        #expect(!undecided.comparison.isMet(by: "a b", "$fake$other"))
        #expect(undecided.comparison.isMet(by: "a b", "$fake$a b"))
        #expect(refusal(undecided) == nil)
    }

    @Test func `a comparison hands its secrets out once`() throws {
        let hash = CountingPasswordHash()
        let comparison = SlowComparison([SlowComparison.Pair(secret: "a", hash: "$fake$b")], by: hash)
        comparison.run()
        comparison.run()
        #expect(hash.calls == 1)
    }
}
