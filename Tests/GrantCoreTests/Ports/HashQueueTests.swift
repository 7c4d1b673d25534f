import Testing

@testable import GrantCore

/// What is not proved by a cheap comparison takes a turn in the queue, and until it has it nothing is counted.
struct HashQueueTests {
    private let queue = ScriptedHashQueue()

    private func fixture(failureLimit: Int = 0) -> Fixture {
        Fixture(
            .webApp(),
            .webApp { ($0.id, $0.secrets) = ("slow", [StoredSecret(hash: .slow("chosen"), createdAt: nil)]) },
            .webApp { ($0.id, $0.isActive) = ("off", false) },
            failureLimit: failureLimit,
            queue: queue
        )
    }

    private static func request(_ pair: String) -> EndpointRequest { .form(authorization: basic(pair)) }

    @Test func `a secret that a cheap comparison proves takes no turn`() async throws {
        let fixture = fixture(failureLimit: 3)
        _ = try await fixture.respond(to: Self.request("web-app:client-secret"))
        #expect(queue.events.isEmpty)
        _ = try await fixture.respond(to: Self.request("slow:chosen"))
        #expect(queue.events == [.entered, .computed, .left])
        _ = try await fixture.respond(to: Self.request("slow:chosen"))
        #expect(queue.events.count == 3, "it is remembered")
        #expect(fixture.passwordHash.calls == 1)
        #expect(fixture.tokens.records.count == 3)
    }

    @Test(arguments: [
        ("slow:wrong", true), ("web-app:wrong", false), ("nobody:x", false), ("off:client-secret", false),
        ("off:wrong", false),
    ])
    func `whatever fails takes a turn, and is counted once when it has it`(pair: String, computes: Bool) async throws {
        let fixture = fixture(failureLimit: 3)
        queue.whenEntered = { #expect(fixture.counts.failures.isEmpty) }
        for failures in 1...3 {
            let refusal = await fixture.refusal(of: Self.request(pair))
            #expect(refusal?.code == "invalid_client")
            queue.whenEntered = {}
            let counts = fixture.counts.failures
            #expect(!counts.isEmpty && counts.allSatisfy { $0.count == failures })
        }
        #expect(queue.events == (0..<3).flatMap { _ in computes ? [.entered, .computed, .left] : [.entered, .left] })
        let refusal = await fixture.refusal(of: Self.request(pair))
        #expect(refusal == .tooManyFailures(ClientID(String(pair.prefix { $0 != ":" })), retryAfter: 1))
        #expect(queue.events.count { $0 == .entered } == 3, "what has to wait for seconds takes no turn")
    }

    @Test(arguments: [(HashQueueRefusal.busy, OAuthError.tooBusy("slow")), (.abandoned, .abandoned)])
    func `a request that does not get its turn leaves no trace`(refusal: HashQueueRefusal, error: OAuthError) async {
        let fixture = fixture(failureLimit: 3)
        queue.refusal = refusal
        for pair in ["slow:chosen", "slow:wrong"] {
            let told = await fixture.refusal(of: Self.request(pair))
            #expect(told == error)
        }
        #expect(queue.events.isEmpty && fixture.passwordHash.calls == 0)
        #expect(fixture.counts.records.isEmpty && fixture.tokens.records.isEmpty)
    }

    @Test func `what was changed while the hash was computed counts`() async throws {
        let changes: [(inout Client) -> Void] = [
            { $0.isActive = false },
            { $0.secrets[0].expiresAt = Fixture.now },
            { $0.secrets[0].hash = .slow("another") },
            { $0.grantTypes = [] },
        ]
        for change in changes {
            let fixture = fixture()
            queue.whenComputed = {
                guard var client = fixture.registry.clients["slow"] else { return }
                change(&client)
                fixture.registry.clients["slow"] = client
            }
            let refusal = await fixture.refusal(of: Self.request("slow:chosen"))
            #expect(refusal != nil)
            #expect(fixture.tokens.records.isEmpty)
        }
    }

    @Test func `what was changed or learnt while it waited counts`() async throws {
        let fixture = fixture(failureLimit: 3)
        queue.isWaiting = true
        // The one before it proves the same secret: then nothing has to be computed.
        queue.whenEntered = { [queue] in
            queue.whenEntered = {}
            fixture.secrets.remember("chosen", as: "$fake$chosen")
        }
        _ = try await fixture.respond(to: Self.request("slow:chosen"))
        #expect(queue.events == [.entered, .left])
        // Its failures came to the limit meanwhile.
        queue.whenEntered = {
            let record = FailureRecord(
                count: 3,
                until: Fixture.now.adding(seconds: 8),
                forgottenAt: Fixture.now.adding(seconds: 68)
            )
            fixture.counts.records[.failures("slow", .unknown)] = record
        }
        let refusal = await fixture.refusal(of: Self.request("slow:wrong"))
        #expect(refusal == .tooManyFailures("slow", retryAfter: 8))
        #expect(queue.events == [.entered, .left, .entered, .left])
    }

    @Test func `a token lives from when its turn was over, and the examination from when it began`() async throws {
        let fixture = fixture()
        let later = Fixture.now.adding(seconds: 7)
        var now = Fixture.now
        queue.whenComputed = { now = later }
        var examination = Examination { now }
        let before = ContinuousClock.now
        _ = try await fixture.endpoint.respond(to: Self.request("slow:chosen"), in: &examination)
        #expect(fixture.tokens.records.values.map(\.issuedAt) == [later])
        let began = try #require(examination.began)
        #expect(before <= began && began <= .now)
    }

    @Test func `each of two readings is held against each secret until one is met, and never a mixture`() async throws {
        let fixture = Fixture(
            .webApp { $0.secrets = ["a b", "other"].map { StoredSecret(hash: .slow($0), createdAt: nil) } },
            queue: queue
        )
        _ = try await fixture.respond(to: Self.request("web-app:a+b"))
        #expect(fixture.passwordHash.calls == 1)
        let met = SecretMatcher.Computed.met(SecretMatcher.Pair(secret: "a b", hash: "$fake$a b"))
        let another = SecretMatcher(passwordHash: fixture.passwordHash)
        #expect(!another.matches("a+b", .crypt("$fake$a b"), by: met))
        #expect(!another.matches("a b", .crypt("$fake$other"), by: met))
        #expect(!another.matches("a b", .crypt("$fake$a b"), by: .none))
        #expect(!another.matches("a b", .crypt("$fake$a b"), by: .incomplete))
        #expect(another.matches("a b", .crypt("$fake$a b"), by: met))
    }
}

/// A queue that does what a test says when a turn comes, and remembers what was done.
final class ScriptedHashQueue: HashQueue {
    enum Event { case entered, computed, left }

    private(set) var events: [Event] = []
    var refusal: HashQueueRefusal?
    var isWaiting = false
    var whenEntered: () -> Void = {}
    var whenComputed: () -> Void = {}

    func enter() async throws(HashQueueRefusal) -> Bool {
        if let refusal { throw refusal }
        whenEntered()
        events.append(.entered)
        return isWaiting
    }

    func leave() { events.append(.left) }

    func run<Result: Sendable>(_ work: @escaping @Sendable () -> Result) async -> Result {
        let result = work()
        events.append(.computed)
        whenComputed()
        return result
    }
}

extension InMemoryCounts {
    /// What is counted as a client's failures from one origin.
    fileprivate var failures: [FailureRecord] {
        records.compactMap { if case .failures = $0.key { $0.value } else { nil } }
    }
}

extension SecretMatcher {
    /// Takes note that a slow hash was met.
    fileprivate func remember(_ secret: ClientSecret, as hash: String) {
        _ = matches(secret, .crypt(hash), by: .met(Pair(secret: secret, hash: hash)))
    }
}
