import GrantCore
import Testing

@testable import grantctl

@Suite("Why a token is not active") struct InactiveTokenTests {
    @Test(arguments: [
        ("eyJhbGciOiJub25lIn0.e30.", InactiveToken.Reason.looksLikeJWT), ("eyJ.a.b.c.d", .looksLikeJWT),
        ("a.b.c", .malformed), ("eyJ.a", .malformed), ("a b", .malformed), ("<redacted>", .malformed),
        (String(repeating: "a", count: 43), .looksLikeClientSecret), ("a", .cutShort),
        (String(repeating: "a", count: 63), .cutShort), (String(repeating: "a", count: 65), .tooLong),
    ])
    func `Its form may tell`(text: String, reason: InactiveToken.Reason) throws {
        let inactive = try #require(InactiveToken(formOf: text))
        #expect(inactive.reason == reason)
        #expect(text.count == 1 || !inactive.sentence.contains(text))
    }

    @Test func `A text of a token's form has nothing wrong`() {
        #expect(InactiveToken(formOf: String(repeating: "a", count: 64)) == nil)
    }

    @Test func `A JWT of another server is told from a text that is none`() throws {
        let inactive = try #require(InactiveToken(formOf: "eyJhbGciOiJub25lIn0.e30."))
        #expect(inactive.sentence.contains("a JWT that is not a token of grantd's"))
    }

    @Test func `What the store says is told with the client and the time`() throws {
        let grant = Grant(clientID: try #require(ClientID("web")), scope: .none)
        let (issued, expired) = (Timestamp(seconds: 1_800_000_000), Timestamp(seconds: 1_800_003_600))
        let record = TokenRecord(grant: grant, issuedAt: issued, expiresAt: expired)
        let told = { InactiveToken($0, in: "here") }
        #expect(told(.expired(at: expired, record)).reason == .expired)
        #expect(
            told(.expired(at: expired, record)).sentence.contains(
                "client web at 2027-01-15T08:00:00Z, and it expired at 2027-01-15T09:00:00Z"
            )
        )
        #expect(
            told(.expired(at: expired, nil)).sentence == "It expired at or before 2027-01-15T09:00:00Z. Get a new one."
        )
        #expect(told(.revoked(record)).sentence.contains("revoked. It was issued to client web"))
        #expect(told(.revoked(nil)).sentence == "It was revoked.")
        #expect(told(.foreign).reason == .foreign && told(.foreign).sentence.contains("here"))
        #expect(told(.missing).reason == .recordMissing && told(.gone).reason == .expiredOrRevoked)
    }
}
