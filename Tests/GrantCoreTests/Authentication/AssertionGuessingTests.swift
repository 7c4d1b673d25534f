import JOSE
import Testing

@testable import GrantCore

/// RFC 6749 §2.3.1 for assertions: failures are counted like those of secrets, and a client that has to wait is not heard.
struct AssertionGuessingTests {
    private static let elsewhere = Origin(ipv4: 0xC000_0201)

    private func fixture() -> Fixture { Fixture(.byKey(), failureLimit: 3) }

    /// A good assertion with a name of its own.
    private func good(_ jti: String) -> AssertionDraft { AssertionDraft { $0.claims["jti"] = "\"\(jti)\"" } }

    private static let failures: [AssertionDraft] = [
        AssertionDraft { $0.key = TestKeys.foreign }, AssertionDraft { $0.claims["aud"] = #""https://other.example""# },
        AssertionDraft { $0.claims["exp"] = "1" }, AssertionDraft { $0.header["kid"] = #""x""# },
        AssertionDraft {
            $0.text = { _ in "garbage" }
            $0.beside = "&client_id=web-app"
        },
    ]

    @Test(arguments: failures.indices)
    func `after too many failures the client waits, and a good assertion is not even verified`(index: Int) async throws
    {
        let fixture = fixture()
        for _ in 0..<3 {
            await #expect(fixture.reason(of: Self.failures[index].form) == .invalidAssertion)
        }
        for draft in [Self.failures[index], good("a")] {
            let refusal = await fixture.refusal(of: draft.form)
            #expect(refusal == .tooManyFailures("web-app", retryAfter: 1))
            #expect(refusal?.status == 429 && refusal?.isFailedAuthentication == true)
        }
        #expect(fixture.assertions.uses == 0)
        // Another origin is heard, and the same one after its wait, with the assertion that was not verified.
        _ = try await fixture.respond(to: .assertion(good("b").assertion, from: Self.elsewhere))
        _ = try await fixture.respond(to: good("a").form, at: Fixture.now.adding(seconds: 1))
    }

    @Test func `an assertion that is used again is a failure`() async throws {
        let fixture = fixture()
        _ = try await fixture.respond(to: good("a").form)
        for _ in 0..<3 { await #expect(fixture.reason(of: good("a").form) == .usedAssertion) }
        await #expect(fixture.refusal(of: good("a").form) == .tooManyFailures("web-app", retryAfter: 1))
        await #expect(fixture.refusal(of: good("b").form) == .tooManyFailures("web-app", retryAfter: 1))
    }

    @Test func `one that names no client is nobody's failure`() async throws {
        let fixture = fixture()
        for text in ["garbage", String(repeating: ".", count: 8192)] {
            for _ in 0..<20 { await #expect(fixture.reason(of: .assertion(text)) == .invalidAssertion) }
        }
        #expect(fixture.counts.records.isEmpty)
    }

    @Test func `a client that does not exist is counted alike`() async {
        let fixture = fixture()
        let draft = AssertionDraft { ($0.claims["iss"], $0.claims["sub"]) = (#""nobody""#, #""nobody""#) }
        for _ in 0..<3 { #expect(await fixture.reason(of: draft.form) == .invalidAssertion) }
        #expect(await fixture.refusal(of: draft.form) == .tooManyFailures("nobody", retryAfter: 1))
    }

    @Test func `within a second of a good one another costs no look at failures, until one fails`() async throws {
        let fixture = fixture()
        _ = try await fixture.respond(to: good("a").form)
        let reads = fixture.counts.reads
        _ = try await fixture.respond(to: good("b").form)
        #expect(fixture.counts.reads == reads)
        await #expect(fixture.reason(of: Self.failures[0].form) == .invalidAssertion)
        _ = try await fixture.respond(to: good("c").form)
        #expect(fixture.counts.reads > reads)
    }

    @Test func `failures of secrets and of assertions add up`() async {
        let fixture = Fixture(.byKey { $0.authenticationMethod = nil }, failureLimit: 3)
        for _ in 0..<2 { #expect(await fixture.reason(of: .form(authorization: basic("web-app:x"))) == .wrongSecret) }
        #expect(await fixture.reason(of: Self.failures[0].form) == .invalidAssertion)
        #expect(await fixture.refusal(of: good("a").form) == .tooManyFailures("web-app", retryAfter: 1))
    }

    @Test func `an assertion takes no turn in the queue of slow hashes`() async throws {
        let fixture = Fixture(.byKey(), failureLimit: 3, queue: BusyQueue())
        _ = try await fixture.respond(to: good("a").form)
        await #expect(fixture.reason(of: Self.failures[0].form) == .invalidAssertion)
    }
}

/// A queue in which no turn comes.
private struct BusyQueue: HashQueue {
    func enter() async throws(HashQueueRefusal) -> Bool { throw .busy }
    func leave() {}
    func run<Result: Sendable>(_ work: @escaping @Sendable () -> Result) async -> Result { work() }
}
