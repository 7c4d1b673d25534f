import Synchronization
import Testing

@testable import GrantCore

/// A slow hash is spent if it has to be, and nowhere else.
struct SlowHashTests {
    private static func slow(_ secret: ClientSecret, until end: Timestamp? = nil) -> StoredSecret {
        StoredSecret(hash: .slow(secret), createdAt: nil, expiresAt: end)
    }

    private static func request(_ pair: String) -> EndpointRequest {
        .form(authorization: basic(pair))
    }

    @Test func `a secret that matched once is remembered`() async throws {
        let fixture = Fixture(.webApp { $0.secrets = [Self.slow("human")] })
        for _ in 0..<5 { _ = try await fixture.respond(to: Self.request("web-app:human")) }
        #expect(fixture.passwordHash.calls == 1)
    }

    @Test func `a wrong secret is hashed until the right one is remembered, and does not undo that`() async throws {
        let fixture = Fixture(.webApp { $0.secrets = [Self.slow("human")] })
        for _ in 0..<3 { await #expect(fixture.reason(of: Self.request("web-app:wrong")) == .wrongSecret) }
        _ = try await fixture.respond(to: Self.request("web-app:human"))
        #expect(fixture.passwordHash.calls == 4)
        for _ in 0..<3 { await #expect(fixture.reason(of: Self.request("web-app:wrong")) == .wrongSecret) }
        _ = try await fixture.respond(to: Self.request("web-app:human"))
        #expect(fixture.passwordHash.calls == 4)
    }

    @Test func `a hash that was not computed is nobody's failure, and is not remembered`() async throws {
        let fixture = Fixture(.webApp { $0.secrets = [Self.slow("human")] })
        fixture.passwordHash.isFailing.store(true, ordering: .relaxed)
        for pair in ["web-app:human", "web-app:wrong"] {
            for _ in 0..<20 {
                let refusal = await fixture.refusal(of: Self.request(pair))
                #expect(refusal == .notComputed("web-app"))
                #expect(refusal?.status == 503 && refusal?.isFailedAuthentication == true)
            }
        }
        fixture.passwordHash.isFailing.store(false, ordering: .relaxed)
        await #expect(fixture.reason(of: Self.request("web-app:wrong")) == .wrongSecret)
        _ = try await fixture.respond(to: Self.request("web-app:human"))
    }

    @Test func `a client that does not exist and one with a generated secret cost no hash`() async {
        let fixture = Fixture(.webApp())
        #expect(await fixture.reason(of: Self.request("nobody:x")) == .unknownClient)
        #expect(await fixture.reason(of: Self.request("web-app:wrong")) == .wrongSecret)
        #expect(await fixture.refusal(of: Self.request("web-app:client-secret")) == nil)
        #expect(fixture.passwordHash.calls == 0)
    }

    @Test func `an ended secret costs no hash, and is refused also when it is remembered`() async throws {
        let end = Fixture.now.adding(seconds: 60)
        let fixture = Fixture(.webApp { $0.secrets = [Self.slow("human", until: end)] })
        await #expect(fixture.refusal(of: Self.request("web-app:human"), at: end) != nil)
        #expect(fixture.passwordHash.calls == 0)
        _ = try await fixture.respond(to: Self.request("web-app:human"))
        await #expect(fixture.reason(of: Self.request("web-app:human"), at: end) == .expiredSecret)
        #expect(fixture.passwordHash.calls == 1)
    }

    @Test func `a changed hash is not taken for matched`() async throws {
        let fixture = Fixture(.webApp { $0.secrets = [Self.slow("human")] })
        _ = try await fixture.respond(to: Self.request("web-app:human"))
        fixture.registry.clients["web-app"]?.secrets = [Self.slow("another")]
        await #expect(fixture.reason(of: Self.request("web-app:human")) == .wrongSecret)
        _ = try await fixture.respond(to: Self.request("web-app:another"))
        #expect(fixture.passwordHash.calls == 3)
    }

    @Test func `a match is remembered for the secret and hash that matched, not for their run of bytes`() {
        let matcher = SecretMatcher(passwordHash: CountingPasswordHash())
        #expect(matcher.matchesSlowly("a", "$fake$a"))
        #expect(matcher.matchesFast("a", .crypt("$fake$a")))
        #expect(!matcher.matchesFast("aa", .crypt("$fake$")))
        #expect(!matcher.matchesFast("a", .crypt("$fake$b")))
        #expect(!matcher.matchesFast("b", .crypt("$fake$a")))
    }

    @Test func `while two secrets overlap, neither is hashed again once it matched`() async throws {
        let fixture = Fixture(.webApp { $0.secrets = [Self.slow("old"), Self.slow("new")] })
        for secret in ["old", "new"] { _ = try await fixture.respond(to: Self.request("web-app:\(secret)")) }
        let calls = fixture.passwordHash.calls
        for _ in 0..<5 {
            for secret in ["old", "new"] { _ = try await fixture.respond(to: Self.request("web-app:\(secret)")) }
        }
        #expect(fixture.passwordHash.calls == calls)
    }

    @Test func `a generated secret beside a slow one costs no hash`() async throws {
        let fixture = Fixture(.webApp { $0.secrets.insert(Self.slow("human"), at: 0) })
        _ = try await fixture.respond(to: Self.request("web-app:client-secret"))
        #expect(fixture.passwordHash.calls == 0)
    }

    @Test func `the memory is bounded, and what it lost is hashed again`() {
        let hash = CountingPasswordHash()
        let matcher = SecretMatcher(passwordHash: hash)
        let secrets = (0..<SecretMatcher.memoryLimit + 50).compactMap { ClientSecret("secret-\($0)") }
        func matchAll() {
            let matches = secrets.filter {
                matcher.matchesFast($0, .slow($0)) || matcher.matchesSlowly($0, "$fake$\($0.exposedValue)")
            }
            #expect(matches.count == secrets.count)
        }
        matchAll()
        #expect(hash.calls == secrets.count)
        matchAll()
        #expect(hash.calls >= secrets.count + 50)
    }
}

extension SecretMatcher {
    /// Whether the slow hash tells that the secret is the one behind the hash.
    fileprivate func matchesSlowly(_ secret: ClientSecret, _ hash: String) -> Bool {
        let computed = Self.compute([Pair(secret: secret, hash: hash)], by: passwordHash)
        return matches(secret, .crypt(hash), by: computed)
    }
}
