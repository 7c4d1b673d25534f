import Testing

@testable import GrantCore

/// A slow hash is spent where it has to be, and nowhere else.
struct SlowHashTests {
    private static func slow(_ secret: ClientSecret, until end: Timestamp? = nil) -> StoredSecret {
        StoredSecret(hash: .slow(secret), createdAt: nil, expiresAt: end)
    }

    private static func request(_ pair: String) -> EndpointRequest {
        .form(authorization: basic(pair))
    }

    @Test func `a secret that matched once is remembered`() throws {
        let fixture = Fixture(.webApp { $0.secrets = [Self.slow("human")] })
        for _ in 0..<5 { _ = try fixture.respond(to: Self.request("web-app:human")) }
        #expect(fixture.passwordHash.calls == 1)
    }

    @Test func `a wrong secret is hashed until the right one is remembered, and does not undo that`() throws {
        let fixture = Fixture(.webApp { $0.secrets = [Self.slow("human")] })
        for _ in 0..<3 { #expect(fixture.reason(of: Self.request("web-app:wrong")) == .wrongSecret) }
        _ = try fixture.respond(to: Self.request("web-app:human"))
        #expect(fixture.passwordHash.calls == 4)
        for _ in 0..<3 { #expect(fixture.reason(of: Self.request("web-app:wrong")) == .wrongSecret) }
        _ = try fixture.respond(to: Self.request("web-app:human"))
        #expect(fixture.passwordHash.calls == 4)
    }

    @Test func `a client that does not exist and one with a generated secret cost no hash`() {
        let fixture = Fixture(.webApp())
        #expect(fixture.reason(of: Self.request("nobody:x")) == .unknownClient)
        #expect(fixture.reason(of: Self.request("web-app:wrong")) == .wrongSecret)
        #expect(fixture.refusal(of: Self.request("web-app:client-secret")) == nil)
        #expect(fixture.passwordHash.calls == 0)
    }

    @Test func `an ended secret costs no hash, and is refused also when it is remembered`() throws {
        let end = Fixture.now.adding(seconds: 60)
        let fixture = Fixture(.webApp { $0.secrets = [Self.slow("human", until: end)] })
        #expect(fixture.refusal(of: Self.request("web-app:human"), at: end) != nil)
        #expect(fixture.passwordHash.calls == 0)
        _ = try fixture.respond(to: Self.request("web-app:human"))
        #expect(fixture.reason(of: Self.request("web-app:human"), at: end) == .endedSecret)
        #expect(fixture.passwordHash.calls == 1)
    }

    @Test func `a changed hash is not taken for matched`() throws {
        let fixture = Fixture(.webApp { $0.secrets = [Self.slow("human")] })
        _ = try fixture.respond(to: Self.request("web-app:human"))
        fixture.registry.clients["web-app"]?.secrets = [Self.slow("another")]
        #expect(fixture.reason(of: Self.request("web-app:human")) == .wrongSecret)
        _ = try fixture.respond(to: Self.request("web-app:another"))
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

    @Test func `while two secrets overlap, neither is hashed again once it matched`() throws {
        let fixture = Fixture(.webApp { $0.secrets = [Self.slow("old"), Self.slow("new")] })
        for secret in ["old", "new"] { _ = try fixture.respond(to: Self.request("web-app:\(secret)")) }
        let calls = fixture.passwordHash.calls
        for _ in 0..<5 {
            for secret in ["old", "new"] { _ = try fixture.respond(to: Self.request("web-app:\(secret)")) }
        }
        #expect(fixture.passwordHash.calls == calls)
    }

    @Test func `a generated secret beside a slow one costs no hash`() throws {
        let fixture = Fixture(.webApp { $0.secrets.insert(Self.slow("human"), at: 0) })
        _ = try fixture.respond(to: Self.request("web-app:client-secret"))
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
    /// Whether a comparison tells that the secret is the one behind the hash.
    fileprivate func matchesSlowly(_ secret: ClientSecret, _ hash: String) -> Bool {
        let comparison = comparison(of: [SlowComparison.Pair(secret: secret, hash: hash)])
        comparison.run()
        return matches(secret, .crypt(hash), by: comparison)
    }
}
