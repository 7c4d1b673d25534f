import FileStore
import Foundation
import Gateway
import GrantCore
import Testing

@testable import grantd

/// A handler over doubles with an audit on the disk, gone with the test.
private final class Audited {
    let path: String
    let fixture: HandlerFixture

    /// - Parameter isWritable: whether there is a place for the audit.
    init(isWritable: Bool = true) throws {
        path = FileManager.default.temporaryDirectory.appendingPathComponent("grantd-\(UUID())").path
        let state = try StateDirectory(path: path)
        let file = isWritable ? "\(path)/audit.jsonl" : "\(path)/missing/audit.jsonl"
        fixture = HandlerFixture(audit: AuditTrail(at: file, of: state, durability: .process))
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    /// The lines as they stand.
    func lines() throws -> [String] {
        ((try? String(contentsOfFile: "\(path)/audit.jsonl", encoding: .utf8)) ?? "").split(separator: "\n").map(
            String.init
        )
    }

    /// The members that matter of each line.
    func events() throws -> [String] {
        let text = (try? String(contentsOfFile: "\(path)/audit.jsonl", encoding: .utf8)) ?? ""
        return try text.split(separator: "\n").map { line in
            let object = try JSONDecoder().decode([String: String].self, from: Data(line.utf8))
            #expect(object["time"]?.count == 27 && object["address"] == "127.0.0.1")
            return ["endpoint", "event", "outcome", "client", "reason"].compactMap { object[$0] }.joined(separator: " ")
        }
    }
}

struct RequestAuditTests {
    @Test func `what is issued, revoked and refused has a line each`() throws {
        let audited = try Audited()
        let fixture = audited.fixture
        #expect(fixture.post("/token", "grant_type=client_credentials").status == 200)
        #expect(fixture.post("/token", "grant_type=client_credentials", secret: "wrong").status == 401)
        #expect(fixture.post("/token", "grant_type=client_credentials&scope=other").status == 400)
        #expect(fixture.post("/introspect", "token=live").status == 200)
        #expect(fixture.post("/introspect", "token=live", secret: "wrong").status == 401)
        #expect(fixture.post("/revoke", "token=live").status == 200)
        #expect(fixture.post("/revoke", "token=other").status == 200)
        fixture.tokens.failure = .full("pwrite: ENOSPC")
        #expect(fixture.post("/token", "grant_type=client_credentials").status == 503)
        #expect(
            try audited.events() == [
                "/token issue success web-app",
                "/token denial refused web-app wrong secret",
                "/token denial refused web-app the client does not have the scope other: ask for less, or leave scope out",
                "/introspect denial refused web-app wrong secret",
                "/revoke revocation success web-app",
                "/revoke revocation refused web-app no such live token of the client",
                "/token denial failed pwrite: ENOSPC",
            ]
        )
    }

    @Test
    func `a check that denies a client has a line; one that passes has none, and one without a client is counted`()
        throws
    {
        let audited = try Audited()
        func check(_ more: (String, String)...) -> Int {
            audited.fixture.respond([("PATH_INFO", "/check")] + more).status
        }
        #expect(check(("HTTP_AUTHORIZATION", "Bearer live")) == 204)
        #expect(check(("HTTP_AUTHORIZATION", "Bearer live"), ("OAUTH_REQUIRE_SCOPE", "admin")) == 403)
        #expect(check(("HTTP_AUTHORIZATION", "Bearer other")) == 401)
        #expect(check() == 401)
        #expect(
            try audited.events() == [
                "/check denial refused web-app the token lacks a scope that this needs"
            ]
        )
    }

    @Test func `what strangers are denied is one line when the worker ends`() throws {
        let audited = try Audited()
        for _ in 0..<1000 {
            _ = audited.fixture.respond([("PATH_INFO", "/check")])
            _ = audited.fixture.respond([("PATH_INFO", "/check"), ("HTTP_AUTHORIZATION", "Bearer other")])
            _ = audited.fixture.respond([("PATH_INFO", "/token"), ("REQUEST_METHOD", "GET")])
        }
        #expect(try audited.events() == [])
        audited.fixture.handler.audit.finish()
        let line = try #require(try audited.lines().first)
        #expect(line.contains(#""event":"denials","outcome":"refused""#) && line.hasSuffix(#""count":3000}"#))
        audited.fixture.handler.audit.finish()
        #expect(try audited.lines().count == 1)
    }

    @Test func `clients that are named have a line each up to a limit, and are counted beyond it`() throws {
        let audited = try Audited()
        for number in 0..<DenialTally.lineLimit + 50 {
            #expect(
                audited.fixture.post("/token", "grant_type=client_credentials", secret: "wrong \(number)").status == 401
            )
        }
        audited.fixture.handler.audit.finish()
        let lines = try audited.lines()
        #expect(lines.count == DenialTally.lineLimit + 1)
        #expect(lines.last?.hasSuffix(#""count":50}"#) == true)
    }

    @Test func `a path that is no endpoint, health and metadata have no line`() throws {
        let audited = try Audited()
        for path in ["/", "/metadata", "/health", "/tokens"] {
            for method in ["GET", "POST"] {
                _ = audited.fixture.respond([("PATH_INFO", path), ("REQUEST_METHOD", method)])
            }
        }
        #expect(try audited.events() == [])
    }

    @Test(arguments: ["client-secret", "wrong"])
    func `without an audit nothing is granted, and the answer tells nothing of the secret`(secret: String) throws {
        let audited = try Audited(isWritable: false)
        let before = ContinuousClock.now
        let answer = audited.fixture.post("/token", "grant_type=client_credentials", secret: secret)
        #expect(answer.status == 503)
        #expect(answer.header("Retry-After") == "5")
        #expect(answer.text == OAuthError.unavailable(.unaudited("")).json)
        #expect(answer.header("WWW-Authenticate") == nil)
        #expect(try #require(answer.heldUntil) >= before + .milliseconds(100))
        #expect(!answer.endsWorker)
        let why = "the audit \(audited.path)/missing/audit.jsonl cannot be written: openat"
        #expect(audited.fixture.lines.all.contains { $0.hasPrefix("error") && $0.contains(why) })
        #expect(!audited.fixture.lines.all.contains { $0.contains("issued") })
    }

    @Test func `without an audit checks go on, a token is revoked all the same, and health says why not`() throws {
        let audited = try Audited(isWritable: false)
        let fixture = audited.fixture
        #expect(fixture.respond([("PATH_INFO", "/check"), ("HTTP_AUTHORIZATION", "Bearer live")]).status == 204)
        #expect(fixture.respond([("PATH_INFO", "/check"), ("HTTP_AUTHORIZATION", "Bearer other")]).status == 401)
        #expect(fixture.post("/revoke", "token=live").status == 503)
        #expect(fixture.lines.all.contains { $0.hasPrefix("info revoked client=web-app live=true") })
        let health = fixture.respond([("PATH_INFO", "/health"), ("REQUEST_METHOD", "GET")])
        #expect(health.status == 503)
        #expect(health.text == #"{"status":"failing","reason":"the audit cannot be written"}"#)
    }
}
