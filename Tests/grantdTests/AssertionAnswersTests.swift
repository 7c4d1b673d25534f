import Counters
import Encoding
import FileStore
import Foundation
import Gateway
import GrantCore
import JOSE
import Testing

@testable import grantd

/// What a request with a client assertion is answered, and what log, audit and counters have of it.
struct AssertionAnswersTests {
    private static let issuer = "https://example.com/oauth2"
    private static let now: Int64 = 1_800_000_000

    /// The pair of `keyed`, and another.
    private static let keys: [PrivateKey] = (0..<2).compactMap { _ in try? PrivateKey.generate(.es256) }

    /// An assertion of `keyed`, by one of the keys, whose claims begin with a text.
    private static func assertion(_ jti: String, iss: String = "keyed", aud: String = issuer, key: Int = 0) throws
        -> String
    {
        let claims = #"{"jti":"\#(jti)","iss":"\#(iss)","sub":"\#(iss)","aud":"\#(aud)","exp":\#(now + 60)}"#
        return try keys[key].sign(Array(claims.utf8))
    }

    /// What fails, from the cheapest check to the last, and the log's words for it.
    private static func failures(_ name: String) throws -> [(assertion: String, client: String?, reason: String)] {
        [
            ("\(name).garbage", nil, "the token does not have three parts"),
            (String(repeating: ".", count: 8192), nil, "the token does not have three parts"),
            (try assertion(name, iss: "nobody"), "nobody", "unknown client"),
            (
                try assertion(name, aud: "https://other.example"), "keyed",
                "the token's aud is not the issuer or one endpoint alone"
            ),
            (try assertion(name, key: 1), "keyed", "no usable key has this kid"),
            (
                try assertion(name).split(separator: ".").dropLast().joined(separator: ".") + ".AA"
                    + String(repeating: "A", count: 84),
                "keyed", "the signature is not the key's"
            ),
        ]
    }

    private func fixture(
        audit: AuditTrail? = nil,
        failureDelay: Duration = .milliseconds(100),
        counters: WorkerCounters? = nil
    ) throws -> HandlerFixture {
        let fixture = HandlerFixture(
            issuer: Self.issuer,
            audit: audit,
            failureDelay: failureDelay,
            counters: counters
        )
        var client = Client(id: try #require(ClientID(String("keyed"))))
        client.keys = JWKSet(publishing: [Self.keys[0].publicKey])
        fixture.clients.clients.append(client)
        return fixture
    }

    private func post(_ assertion: String, to path: String = "/token", in fixture: HandlerFixture) -> GatewayResponse {
        let form = """
            grant_type=client_credentials&token=live&client_assertion=\(assertion)\
            &client_assertion_type=urn:ietf:params:oauth:client-assertion-type:jwt-bearer
            """
        return fixture.respond(
            [
                ("PATH_INFO", path), ("REQUEST_METHOD", "POST"),
                ("CONTENT_TYPE", "application/x-www-form-urlencoded"),
            ],
            body: .whole(Array(form.utf8))
        )
    }

    @Test(arguments: ["/token", "/introspect", "/revoke"])
    func `every failure gets one answer without a challenge, at the fixed time`(path: String) throws {
        let fixture = try fixture()
        let good = try Self.assertion("once")
        #expect(post(good, to: path, in: fixture).status == 200)
        for assertion in try Self.failures("secret-name").map(\.assertion) + [good] {
            let before = ContinuousClock.now
            let answer = post(assertion, to: path, in: fixture)
            #expect(answer.status == 401)
            #expect(
                answer.text == #"{"error":"invalid_client","error_description":"client authentication failed"}"#
            )
            #expect(Set(answer.headers.map(\.name)) == ["Content-Type", "Cache-Control", "Pragma"])
            #expect(try #require(answer.heldUntil) >= before + .milliseconds(100))
        }
    }

    @Test func `what an examination costs does not move the time of its answer`() throws {
        let fixture = try fixture(failureDelay: .seconds(2))
        fixture.clients.delay = 1.2
        let answer = post(try Self.assertion("a", aud: "x"), in: fixture)
        // It began at once: the half that is left for the examination is not there to be waited for.
        #expect(try #require(answer.heldUntil) < .now + .seconds(1))
    }

    @Test func `the log has the check that failed, and nothing of the assertion`() throws {
        let fixture = try fixture()
        let failures = try Self.failures("secret-name")
        for failure in failures { _ = post(failure.assertion, in: fixture) }
        let good = try Self.assertion("secret-name-2")
        for _ in 0..<2 { _ = post(good, in: fixture) }
        let lines = fixture.lines.all
        let refused = failures.map { failure in
            let client = failure.client.map { " client=\($0)" } ?? ""
            return "notice refused\(client) error=invalid_client peer=127.0.0.1"
                + " reason=invalid client assertion: \(failure.reason)"
        }
        let used =
            "notice refused client=keyed error=invalid_client peer=127.0.0.1"
            + " reason=used client assertion: used before"
        #expect(lines == refused + ["debug issued client=keyed peer=127.0.0.1", used])
        let parts = (failures.map(\.assertion) + [good]).flatMap { $0.split(separator: ".").filter { $0.count > 8 } }
        #expect(!lines.contains { line in line.contains("secret-name") || parts.contains { line.contains($0) } })
    }

    @Test func `the audit has a line for each that names a client`() throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("grantd-\(UUID())").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        let state = try StateDirectory(path: path)
        let fixture = try fixture(audit: AuditTrail(at: "\(path)/audit.jsonl", of: state, durability: .process))
        let failures = try Self.failures("secret-name")
        for failure in failures { _ = post(failure.assertion, in: fixture) }
        let good = try Self.assertion("secret-name-2")
        for _ in 0..<2 { _ = post(good, in: fixture) }
        let text = try String(contentsOfFile: "\(path)/audit.jsonl", encoding: .utf8)
        let reasons = text.split(separator: "\n").map { line in
            line.split(separator: #""reason":""#).dropFirst().first.map { $0.prefix { $0 != "\"" } } ?? ""
        }
        let expected = failures.filter { $0.client != nil }.map { "invalid client assertion: \($0.reason)" }
        #expect(reasons.map(String.init) == expected + ["", "used client assertion: used before"])
        #expect(!text.contains("secret-name"))
    }

    @Test func `failures are counted by their kind, and for clients that exist`() throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("grantd-\(UUID())").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: path) }
        let counters = WorkerCounters(in: path, countsClients: true) { _ in }
        let fixture = try fixture(counters: counters)
        let failures = try Self.failures("a")
        for failure in failures { _ = post(failure.assertion, in: fixture) }
        let good = try Self.assertion("b")
        for _ in 0..<4 { _ = post(good, in: fixture) }
        let reading = try counters.reading(withHistory: false)
        #expect(reading.total.refusals(.invalidAssertion) == UInt64(failures.count))
        #expect(reading.total.refusals(.usedAssertion) == 3)
        #expect(reading.clients.map(\.id) == ["keyed"])
        #expect(reading.clients.first?.refusals == UInt64(failures.filter { $0.client == "keyed" }.count + 3))
    }
}
