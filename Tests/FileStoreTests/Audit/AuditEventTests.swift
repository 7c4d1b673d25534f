import GrantCore
import Testing

@testable import FileStore

@Suite("AuditEvent writes a line")
struct AuditEventTests {
    private let time = Timestamp(microseconds: 1_800_000_000_000_001)

    private func line(_ event: AuditEvent) -> String { String(decoding: event.line(at: time), as: UTF8.self) }

    @Test
    func `of an issue, with all that is known`() throws {
        let origin = AuditEvent.Origin.request(endpoint: "/token", address: "192.0.2.1", id: "5f2a")
        var event = AuditEvent(.issue, .success, from: origin, client: ClientID("a\"b\\é"))
        event.token = try #require(AccessToken("secret-token")).fingerprint
        event.scope = Scope("read write")
        // The fingerprint: printf secret-token | sha256sum | cut -c1-16
        #expect(
            line(event)
                == #"{"time":"2027-01-15T08:00:00.000001Z","event":"issue","outcome":"success","client":"a\"b\\é","#
                + #""endpoint":"/token","address":"192.0.2.1","request":"5f2a","token":"930bbdc51b6aed5c","#
                + #""scope":"read write"}"# + "\n"
        )
    }

    @Test
    func `of an administrator's change`() {
        let event = AuditEvent(
            .clientChange(.revokeTokens),
            .success,
            from: .administration(user: 7),
            client: ClientID("a")
        )
        #expect(
            line(event)
                == #"{"time":"2027-01-15T08:00:00.000001Z","event":"client_change","change":"revoke_tokens","#
                + #""outcome":"success","client":"a","endpoint":"grantctl","uid":7}"# + "\n"
        )
    }

    @Test
    func `of a change of a signing key`() {
        var event = AuditEvent(.keyChange(.retire), .success, from: .administration(user: 0), client: nil)
        event.key = "bYq3"
        #expect(
            line(event)
                == #"{"time":"2027-01-15T08:00:00.000001Z","event":"key_change","change":"retire","#
                + #""outcome":"success","key":"bYq3","endpoint":"grantctl","uid":0}"# + "\n"
        )
    }

    @Test
    func `whose texts are cut, and end no line of it`() {
        let origin = AuditEvent.Origin.request(
            endpoint: "/check",
            address: "a\nb",
            id: String(repeating: "x", count: 10_000)
        )
        var event = AuditEvent(.denial, .refused, from: origin, client: nil)
        event.reason = "\u{1B}\"\u{85}" + String(repeating: "y", count: 10_000)
        let text = line(event)
        #expect(text.utf8.count < 1500)
        #expect(text.filter { $0 == "\n" }.count == 1)
        #expect(text.contains(#""address":"a\u000ab""#) && text.contains(#""reason":"\u001b\"\u0085yyy"#))
    }
}
