import Testing

@testable import GrantCore

/// RFC 6749 §2.3.1: protect against brute force.
struct FailureLimiterTests {
    private static let limit = 3
    private static let home = Origin(bytes: [192, 0, 2, 1])

    private static func elsewhere(_ number: Int) -> Origin {
        Origin(bytes: [198, 51, UInt8(number / 256), UInt8(number % 256)])
    }

    private static func fixture() -> Fixture {
        Fixture(
            .webApp(),
            .webApp { ($0.id, $0.secrets) = ("slow", [StoredSecret(hash: .slow("chosen"), createdAt: nil)]) },
            .webApp { ($0.id, $0.isActive) = ("off", false) },
            .webApp {
                let hash = SecretHash(ofGenerated: "ended")
                ($0.id, $0.secrets) = ("past", [StoredSecret(hash: hash, createdAt: nil, expiresAt: Fixture.now)])
            },
            failureLimit: limit
        )
    }

    /// Seconds after the tests' moment.
    private static func after(_ seconds: Int64) -> Timestamp { Fixture.now.adding(seconds: seconds) }

    /// What comes of a pair of id and secret: 0 for a token, −1 for the failure told as such, else the seconds to wait.
    private func outcome(
        _ fixture: Fixture,
        _ pair: String,
        from origin: Origin = home,
        at now: Timestamp = Fixture.now
    ) async -> Int {
        switch await fixture.refusal(of: .form(authorization: basic(pair), from: origin), at: now) {
        case nil: 0
        case .tooManyFailures(_, let seconds)?: seconds
        case .invalidClient?: -1
        case let other?: preconditionFailure("\(other)")
        }
    }

    @Test(arguments: ["web-app:wrong", "slow:wrong", "nobody:x", "off:client-secret", "past:ended", "a+b:x"])
    func `past the limit each failure costs a wait twice as long, up to the window`(pair: String) async {
        let fixture = Self.fixture()
        for _ in 0..<Self.limit { #expect(await outcome(fixture, pair) == -1) }
        var now = Fixture.now
        for wait in [1, 2, 4, 8, 16, 32, 60, 60] {
            let calls = fixture.passwordHash.calls
            for _ in 0..<20 { #expect(await outcome(fixture, pair, at: now) == wait) }
            #expect(fixture.passwordHash.calls == calls)
            now = now.adding(seconds: Int64(wait))
            #expect(await outcome(fixture, pair, at: now) == -1)
        }
    }

    @Test func `a window after the last wait all is forgotten`() async {
        let fixture = Self.fixture()
        for _ in 0..<Self.limit { _ = await outcome(fixture, "nobody:x") }
        await #expect(outcome(fixture, "nobody:x", at: Self.after(61)) == -1)
        await #expect(outcome(fixture, "nobody:x", at: Self.after(61)) == -1)
    }

    @Test func `while it waits a right secret is refused from the same origin, and good from any other`() async {
        let fixture = Self.fixture()
        for _ in 0..<Self.limit { _ = await outcome(fixture, "web-app:wrong") }
        await #expect(outcome(fixture, "web-app:client-secret") == 1)
        await #expect(outcome(fixture, "web-app:client-secret", from: Self.elsewhere(1)) == 0)
        await #expect(outcome(fixture, "slow:chosen") == 0)
        await #expect(outcome(fixture, "web-app:client-secret", at: Self.after(1)) == 0)
    }

    @Test func `for a second after a success the same secret is proved without a look, from there alone`() async {
        let fixture = Self.fixture()
        #expect(await outcome(fixture, "web-app:client-secret") == 0)
        let reads = fixture.counts.reads
        #expect(await outcome(fixture, "web-app:client-secret", at: Self.after(0)) == 0)
        #expect(fixture.counts.reads == reads)
        #expect(await outcome(fixture, "web-app:client-secret", from: Self.elsewhere(1)) == 0)
        #expect(fixture.counts.reads == reads + 1)
        #expect(await outcome(fixture, "web-app:client-secret", at: Self.after(1)) == 0)
        #expect(fixture.counts.reads == reads + 2)
        #expect(await outcome(fixture, "web-app:client-secret", at: Self.after(-1)) == 0)
        #expect(fixture.counts.reads == reads + 3)
    }

    @Test func `what fails after a success is looked up, and so is all that comes after it`() async {
        let fixture = Self.fixture()
        #expect(await outcome(fixture, "web-app:client-secret") == 0)
        // Other workers count, which this one does not see as yet.
        let key = FailureKey.failures("web-app", Self.home)
        let record = FailureRecord(count: UInt32(Self.limit), until: Self.after(8), forgottenAt: Self.after(68))
        fixture.counts.records[key] = record
        #expect(await outcome(fixture, "web-app:client-secret") == 0)
        #expect(await outcome(fixture, "web-app:wrong") == 8)
        #expect(await outcome(fixture, "web-app:client-secret") == 8)
        #expect(fixture.counts.records[key] == record)
    }

    @Test func `success does not give a guesser at the same address a new start`() async {
        let fixture = Self.fixture()
        for _ in 0..<(Self.limit - 1) { _ = await outcome(fixture, "web-app:wrong") }
        await #expect(outcome(fixture, "web-app:client-secret") == 0)
        await #expect(outcome(fixture, "web-app:wrong") == -1)
        await #expect(outcome(fixture, "web-app:wrong") == 1)
    }

    @Test(arguments: ["slow", "web-app", "nobody"])
    func `a flood from many origins is told of one failure a second, whoever the client is`(id: String) async {
        let fixture = Self.fixture()
        var told = 0
        for request in 0..<2000 {
            let now = Timestamp(microseconds: Fixture.now.microseconds + Int64(request) * 10_000)
            let outcome = await outcome(fixture, "\(id):wrong", from: Self.elsewhere(request), at: now)
            #expect(outcome == -1 || outcome == 1)
            told += outcome == -1 ? 1 : 0
        }
        #expect((20...20 + Self.limit + 1).contains(told))
        #expect(fixture.passwordHash.calls == (id == "slow" ? told : 0))
    }

    @Test func `origins that have failed leave one hash to those that have not`() async {
        let fixture = Self.fixture()
        for second in 0..<30 {
            for origin in 0..<8 {
                _ = await outcome(fixture, "slow:wrong", from: Self.elsewhere(origin), at: Self.after(Int64(second)))
            }
        }
        await #expect(outcome(fixture, "slow:chosen", from: Self.home, at: Self.after(30)) == 0)
    }

    @Test
    func `an origin that proved the secret lately is heard in any flood, by a worker that does not remember it too`()
        async
    {
        let fixture = Self.fixture()
        await #expect(outcome(fixture, "slow:chosen") == 0)
        let restarted = Fixture(
            .webApp { ($0.id, $0.secrets) = ("slow", [StoredSecret(hash: .slow("chosen"), createdAt: nil)]) },
            failureLimit: Self.limit
        )
        restarted.counts.records = fixture.counts.records
        for origin in 0..<50 { _ = await outcome(restarted, "slow:wrong", from: Self.elsewhere(origin)) }
        await #expect(outcome(restarted, "slow:chosen", from: Self.elsewhere(99)) == 1)
        await #expect(outcome(restarted, "slow:wrong") == 1)
        await #expect(outcome(restarted, "slow:chosen") == 0)
        #expect(restarted.passwordHash.calls == Self.limit + 3)
    }

    @Test func `a remembered secret is good in any flood, which costs no hash any more`() async {
        let fixture = Self.fixture()
        await #expect(outcome(fixture, "slow:chosen") == 0)
        for origin in 0..<50 { _ = await outcome(fixture, "slow:wrong", from: Self.elsewhere(origin)) }
        await #expect(outcome(fixture, "slow:chosen", from: Self.elsewhere(99)) == 0)
        #expect(fixture.passwordHash.calls == 1)
    }

    @Test func `both readings of a header are counted`() async {
        let fixture = Self.fixture()
        for _ in 0..<Self.limit { _ = await outcome(fixture, "web%2Dapp:wrong") }
        await #expect(outcome(fixture, "web-app:client-secret") == 1)
        await #expect(outcome(fixture, "web%2Dapp:client-secret") == 1)
        #expect(fixture.counts.records.count == 4)
    }

    @Test func `a clock that is set back makes nobody wait longer than the window`() async {
        let fixture = Self.fixture()
        for _ in 0..<Self.limit { _ = await outcome(fixture, "web-app:wrong", at: Self.after(1_000_000)) }
        await #expect(outcome(fixture, "web-app:client-secret") == 0)
        await #expect(outcome(fixture, "slow:chosen") == 0)
    }

    @Test func `a good request costs one read, and with no limit none`() async throws {
        let fixture = Self.fixture()
        #expect(await outcome(fixture, "web-app:client-secret") == 0)
        #expect(fixture.counts.reads == 1)
        #expect(fixture.counts.records.isEmpty)
        let unlimited = Fixture(.webApp(), failureLimit: 0)
        for _ in 0..<100 { #expect(await outcome(unlimited, "web-app:wrong") == -1) }
        #expect(await outcome(unlimited, "web-app:client-secret") == 0)
        #expect(unlimited.counts.reads == 0)
        #expect(unlimited.counts.records.isEmpty)
    }
}
