import Encoding
import JOSE
import Testing

@testable import GrantCore

/// One rule of an assertion, and what becomes of one that breaks it.
struct AssertionRow: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let change: @Sendable (inout AssertionDraft) -> Void
    let fault: AssertionFault
    /// Who the log says it was; nil if it does not get so far.
    let claimed: ClientID?

    init(
        _ name: String,
        _ fault: AssertionFault,
        claimed: ClientID? = "web-app",
        _ change: @escaping @Sendable (inout AssertionDraft) -> Void
    ) {
        testDescription = name
        self.change = change
        self.fault = fault
        self.claimed = claimed
    }

    /// One whose header or payload has a member of another value, as a JSON text.
    static func header(_ name: String, _ value: String?, _ fault: AssertionFault) -> AssertionRow {
        let row = "header \(name) \(value ?? "missing")"
        return AssertionRow(row, fault, claimed: nil) { $0.header[name] = value }
    }

    /// The same of a claim.
    static func claim(
        _ name: String,
        _ value: String?,
        _ fault: AssertionFault,
        claimed: ClientID? = "web-app"
    ) -> AssertionRow {
        AssertionRow("claim \(name) \(value?.prefix(40) ?? "missing")", fault, claimed: claimed) {
            $0.claims[name] = value
        }
    }

    /// One that is sent for a client whose registration is another.
    static func client(
        _ name: String,
        _ fault: AssertionFault,
        _ change: @escaping @Sendable (inout Client) -> Void
    ) -> AssertionRow {
        AssertionRow("client \(name)", fault) { change(&$0.client) }
    }
}

/// RFC 7521 §4.2, RFC 7523 §3, RFC 7515, RFC 7519 §4, RFC 8725 §3, SMART App Launch 2.2.
struct AssertionFaultTests {
    private static let now = Fixture.now.seconds
    private static let issuer = AssertionDraft.issuer

    /// What is wrong with the text, or with the header.
    private static let ofTokens: [AssertionRow] = [
        AssertionRow("8193 bytes", .token(.tooLong), claimed: nil) { draft in
            draft.claims["pad"] = "\"\(String(repeating: "a", count: 5900))\""
            draft.text = { $0 + String(repeating: "A", count: max(0, 8193 - $0.utf8.count)) }
        },
        AssertionRow("8 KiB of dots", .token(.notThreeParts), claimed: nil) { draft in
            draft.text = { _ in String(repeating: ".", count: 8192) }
        },
        AssertionRow("one part", .token(.notThreeParts), claimed: nil) { $0.text = { _ in "x" } },
        AssertionRow("two parts", .token(.notThreeParts), claimed: nil) { draft in
            draft.text = { $0.split(separator: ".").prefix(2).joined(separator: ".") }
        },
        AssertionRow("five parts, as JWE has", .token(.notThreeParts), claimed: nil) { $0.text = { $0 + ".e.e" } },
        AssertionRow("JSON serialization", .token(.notThreeParts), claimed: nil) { draft in
            draft.text = { #"{"payload":"\#($0.split(separator: ".")[1])"}"# }
        },
        AssertionRow("no header", .token(.emptyPart(.header)), claimed: nil) { draft in
            draft.text = { "." + $0.split(separator: ".").dropFirst().joined(separator: ".") }
        },
        AssertionRow("detached payload", .token(.emptyPart(.payload)), claimed: nil) { draft in
            draft.text = { text in text.split(separator: ".").first.map { "\($0)..x" } ?? "" }
        },
        AssertionRow("no signature", .token(.emptyPart(.signature)), claimed: nil) { draft in
            draft.text = { $0.split(separator: ".").prefix(2).joined(separator: ".") + "." }
        },
        AssertionRow("padding", .token(.notBase64URL(.signature)), claimed: nil) { $0.text = { $0 + "=" } },
        AssertionRow("a line break at the end", .token(.notBase64URL(.signature)), claimed: nil) {
            $0.text = { $0 + "\n" }
        },
        AssertionRow("a space at the start", .token(.notBase64URL(.header)), claimed: nil) { $0.text = { " " + $0 } },
        AssertionRow("the letters of plain base64", .token(.notBase64URL(.signature)), claimed: nil) { draft in
            draft.text = { $0.dropLast() + "+" }
        },
        AssertionRow("bits left over", .token(.notBase64URL(.signature)), claimed: nil) { draft in
            // 64 bytes leave four bits, which are zero.
            draft.text = { $0.dropLast() + ($0.last == "B" ? "D" : "B") }
        },
        AssertionRow("a header that is not JSON", .token(.header(.malformed)), claimed: nil) { $0.wholeHeader = "x" },
        AssertionRow("a header that is an array", .token(.header(.notAnObject)), claimed: nil) {
            $0.wholeHeader = #"["ES256"]"#
        },
        AssertionRow("alg twice, once escaped", .token(.header(.repeatedMember)), claimed: nil) {
            $0.wholeHeader = #"{"alg":"ES256","al\u0067":"none"}"#
        },
        AssertionRow("a NUL in the header", .token(.header(.hasNUL)), claimed: nil) {
            $0.wholeHeader = #"{"alg":"ES256","kid":"first\u0000"}"#
        },
        .header("alg", nil, .token(.noAlgorithm)), .header("alg", "256", .token(.notAString(.alg))),
        .header("alg", #""none""#, .token(.algorithmNotOffered)),
        .header("alg", #""nOnE""#, .token(.algorithmNotOffered)),
        .header("alg", #""HS256""#, .token(.algorithmNotOffered)),
        .header("alg", #""ES256K""#, .token(.algorithmNotOffered)),
        .header("alg", #""ES512""#, .token(.algorithmNotOffered)),
        .header("alg", #""es256""#, .token(.algorithmNotOffered)),
        .header("crit", "[]", .token(.refusedMember(.crit))), .header("crit", "null", .token(.refusedMember(.crit))),
        .header("b64", "true", .token(.refusedMember(.b64))), .header("zip", #""DEF""#, .token(.refusedMember(.zip))),
        .header("enc", #""A128GCM""#, .token(.refusedMember(.enc))),
        .header("jwk", "{}", .token(.refusedMember(.jwk))), .header("x5c", "[]", .token(.refusedMember(.x5c))),
        .header("x5u", #""https://example.com/""#, .token(.refusedMember(.x5u))),
        .header("jku", #""https://example.com/jwks""#, .keySetURL), .header("jku", "1", .token(.notAString(.jku))),
        .header("kid", "1", .token(.notAString(.kid))), .header("typ", "1", .token(.notAString(.typ))),
        .header("typ", #""at+jwt""#, .otherType), .header("typ", #""dpop+jwt""#, .otherType),
        .header("typ", #""oauth-client-attestation+jwt""#, .otherType),
        .header("typ", #""token-introspection+jwt""#, .otherType), .header("typ", #""JWS""#, .otherType),
        .header("typ", #""""#, .otherType), .header("typ", #""a/application/jwt""#, .otherType),
    ]

    /// What is wrong with the claims, whoever the client is.
    private static let ofClaims: [AssertionRow] = [
        AssertionRow("a payload that is not JSON", .claims(.payload(.malformed)), claimed: nil) {
            $0.wholePayload = "iss=web-app"
        },
        AssertionRow("a payload that is a string", .claims(.payload(.notAnObject)), claimed: nil) {
            $0.wholePayload = #""web-app""#
        },
        AssertionRow("iss twice", .claims(.payload(.repeatedMember)), claimed: nil) {
            $0.wholePayload = #"{"iss":"web-app","iss":"other"}"#
        },
        AssertionRow("33 arrays in one another", .claims(.payload(.malformed)), claimed: nil) {
            $0.claims["x"] = String(repeating: "[", count: 33) + String(repeating: "]", count: 33)
        },
        .claim("iss", nil, .claims(.missing(.iss)), claimed: nil),
        .claim("sub", nil, .claims(.missing(.sub)), claimed: nil),
        .claim("iss", "1", .claims(.wrongType(.iss)), claimed: nil),
        .claim("iss", #"["web-app"]"#, .claims(.wrongType(.iss)), claimed: nil),
        .claim("iss", #""""#, .claims(.empty(.iss)), claimed: nil),
        .claim("sub", "\"\(String(repeating: "x", count: 256))\"", .claims(.tooLong(.sub)), claimed: nil),
        .claim("sub", #""web-app\n""#, .claims(.controlCharacter(.sub)), claimed: nil),
        .claim("iss", #""other""#, .otherSubject, claimed: nil),
        .claim("sub", #""Web-App""#, .otherSubject, claimed: nil),
        .claim("iss", #""\#(issuer)""#, .otherSubject, claimed: nil),
        AssertionRow("an id that no client can have", .otherSubject, claimed: nil) { draft in
            let id = "\"\(String(repeating: "x", count: 251))\""
            (draft.claims["iss"], draft.claims["sub"]) = (id, id)
        },
        AssertionRow("another client_id beside it", .otherClientID, claimed: "other") {
            $0.beside = "&client_id=other"
        },
        AssertionRow("a client_id beside it that no client can have", .otherClientID, claimed: nil) {
            $0.beside = "&client_id=web-app%00"
        },
        .claim("jti", nil, .claims(.missing(.jti))), .claim("jti", #""""#, .claims(.empty(.jti)), claimed: nil),
        .claim("jti", "7", .claims(.wrongType(.jti)), claimed: nil),
        .claim("jti", "\"\(String(repeating: "x", count: 256))\"", .claims(.tooLong(.jti)), claimed: nil),
        .claim("exp", nil, .claims(.missing(.exp))), .claim("exp", "\(now)", .claims(.expired)),
        .claim("exp", "\(now).999999999", .claims(.expired)), .claim("exp", "\(now - 300)", .claims(.expired)),
        .claim("exp", "0", .claims(.expired)),
        .claim("exp", #""\#(now + 60)""#, .claims(.wrongType(.exp)), claimed: nil),
        .claim("exp", "-1", .claims(.notADate(.exp)), claimed: nil),
        .claim("exp", "1e400", .claims(.notADate(.exp)), claimed: nil),
        .claim("exp", String(repeating: "9", count: 5000), .claims(.notADate(.exp)), claimed: nil),
        .claim("exp", "9223372036854775808", .claims(.notADate(.exp)), claimed: nil),
        .claim("nbf", "\(now + 11)", .claims(.notYet(.nbf))), .claim("nbf", "\(now + 10).1", .claims(.notYet(.nbf))),
        .claim("iat", "\(now + 11)", .claims(.notYet(.iat))), .claim("iat", "\(now + 60)", .claims(.notYet(.iat))),
    ]

    /// What is wrong for this client.
    private static let ofClients: [AssertionRow] = [
        AssertionRow("client unknown", .unknownClient, claimed: "nobody") { draft in
            (draft.claims["iss"], draft.claims["sub"]) = (#""nobody""#, #""nobody""#)
        },
        .client("off", .disabledClient) { $0.isActive = false },
        .client("registered for Basic", .otherMethod) { $0.authenticationMethod = .basic },
        .client("registered for a secret in the body", .otherMethod) { $0.authenticationMethod = .body },
        .client("without keys", .noKeys) { $0.keys = nil },
        .claim("aud", nil, .otherAudience), .claim("aud", #""https://other.example/oauth2""#, .otherAudience),
        .claim("aud", #""""#, .otherAudience), .claim("aud", #""\#(issuer)/""#, .otherAudience),
        .claim("aud", #""https://EXAMPLE.com/oauth2""#, .otherAudience),
        .claim("aud", #""\#(issuer)/check""#, .otherAudience),
        .claim("aud", #""\#(issuer)/token?x""#, .otherAudience),
        .claim("aud", #"["\#(issuer)","\#(issuer)/token"]"#, .otherAudience),
        .claim("aud", #"["\#(issuer)","\#(issuer)"]"#, .otherAudience),
        .claim("aud", #"["\#(issuer)","https://other.example"]"#, .otherAudience),
        .claim("aud", "[]", .claims(.wrongType(.aud)), claimed: nil),
        .claim("aud", #"["\#(issuer)",1]"#, .claims(.wrongType(.aud)), claimed: nil),
        .claim("aud", #"{"\#(issuer)":1}"#, .claims(.wrongType(.aud)), claimed: nil),
        AssertionRow("the token endpoint, of a client that is held to the issuer", .otherAudience) { draft in
            draft.claims["aud"] = #""\#(issuer)/token""#
            draft.client.assertions.areForIssuerOnly = true
        },
        .claim("exp", "\(now + 311)", .lastsTooLong(seconds: 300)), .claim("exp", "4e9", .lastsTooLong(seconds: 300)),
        .claim("iat", "\(now - 311)", .tooOld), .claim("iat", "0", .tooOld),
        AssertionRow("longer than its client's own limit", .lastsTooLong(seconds: 40)) {
            $0.client.assertions.longestLifetime = 40
        },
        .client("held to another algorithm", .otherAlgorithm) { $0.assertions.algorithm = .es384 },
        AssertionRow("an unknown kid", .key(.unknownKeyID)) { $0.header["kid"] = #""second""# },
        AssertionRow("a kid in other letters", .key(.unknownKeyID)) { $0.header["kid"] = #""First""# },
        AssertionRow("an empty kid", .key(.unknownKeyID)) { $0.header["kid"] = #""""# },
        AssertionRow("no kid where two keys fit", .key(.severalKeysFit)) { draft in
            draft.header["kid"] = nil
            let keys = ["first", "second"].map { TestKeys.named($0, TestKeys.own(), for: .es256) }
            draft.client.keys = JWKSet(publishing: keys)
        },
        AssertionRow("no kid where none fits", .key(.noKeyFits)) { draft in
            draft.header["kid"] = nil
            draft.client.keys = JWKSet(publishing: [TestKeys.named("first", TestKeys.own(.es384), for: nil)])
        },
        AssertionRow("a key of another curve", .key(.otherAlgorithm)) {
            $0.client.keys = JWKSet(publishing: [TestKeys.named("first", TestKeys.own(.es384), for: nil)])
        },
        AssertionRow("a key for another padding", .key(.otherAlgorithm)) { draft in
            draft.header["alg"] = #""PS256""#
            draft.key = TestKeys.own(.ps256)
            draft.client.keys = JWKSet(publishing: [TestKeys.named("first", TestKeys.own(.rs256), for: .rs256)])
        },
    ]

    /// What only the signature shows.
    private static let ofSignatures: [AssertionRow] = [
        AssertionRow("another's key", .signature(.wrongSignature)) { $0.key = TestKeys.foreign },
        AssertionRow("another header", .signature(.wrongSignature)) { draft in
            let other = AssertionDraft { $0.header["typ"] = #""JWT""# }.assertion
            draft.text = {
                other.split(separator: ".")[0] + "." + $0.split(separator: ".").dropFirst().joined(separator: ".")
            }
        },
        AssertionRow("another payload", .signature(.wrongSignature)) { draft in
            let other = AssertionDraft { $0.claims["jti"] = #""twice""# }.assertion.split(separator: ".")
            draft.text = { "\(other[0]).\(other[1]).\($0.split(separator: ".")[2])" }
        },
        AssertionRow("one bit", .signature(.wrongSignature)) { draft in
            draft.signature = { [$0[0] ^ 1] + $0.dropFirst() }
        },
        AssertionRow("zeros, as CVE-2022-21449 took", .signature(.wrongSignature)) { draft in
            draft.signature = { _ in [UInt8](repeating: 0, count: 64) }
        },
        AssertionRow("63 bytes", .signature(.wrongLength)) { $0.signature = { Array($0.dropLast()) } },
        AssertionRow("65 bytes", .signature(.wrongLength)) { $0.signature = { $0 + [0] } },
        AssertionRow("DER", .signature(.wrongLength)) { draft in
            draft.signature = { [0x30, 0x44, 2, 0x20] + $0.prefix(32) + [2, 0x20] + $0.suffix(32) }
        },
        AssertionRow("an RSA signature of 255 bytes", .signature(.wrongLength)) { draft in
            draft.header["alg"] = #""RS256""#
            draft.key = TestKeys.own(.rs256)
            draft.client.keys = JWKSet(publishing: [TestKeys.named("first", TestKeys.own(.rs256), for: .rs256)])
            draft.signature = { Array($0.dropFirst()) }
        },
    ]

    /// What a fault leaves behind.
    private func fixture(after row: AssertionRow) async -> Fixture {
        let draft = AssertionDraft(row.change)
        let fixture = Fixture(draft.client, failureLimit: 10)
        let refusal = await fixture.refusal(of: draft.form)
        #expect(refusal == .invalidClient(ClientRefusal(ofAssertion: row.fault, claimed: row.claimed)))
        #expect(refusal?.status == 401 && refusal?.code == "invalid_client")
        #expect(refusal?.description == "client authentication failed")
        #expect(refusal?.challenge(realm: "r") == nil)
        #expect(refusal?.isFailedAuthentication == true)
        #expect(fixture.tokens.records.isEmpty)
        #expect(fixture.assertions.uses == 0)
        return fixture
    }

    @Test(arguments: ofTokens + ofClaims)
    func `what shows in the assertion alone is refused before its client is looked up`(row: AssertionRow) async {
        let fixture = await fixture(after: row)
        #expect(fixture.registry.lookups.isEmpty && fixture.counts.reads == 0)
    }

    @Test(arguments: ofClients)
    func `what shows by the client is refused before its signature is verified`(row: AssertionRow) async {
        // The limiter is asked just before.
        #expect(await fixture(after: row).counts.reads == 0)
    }

    @Test(arguments: ofSignatures)
    func `a signature is held to its key, and a wrong one uses nothing up`(row: AssertionRow) async throws {
        let fixture = await fixture(after: row)
        #expect(fixture.counts.reads == 1)
        let good = AssertionDraft { $0.client = AssertionDraft(row.change).client }
        if good.client == .byKey() { _ = try await fixture.respond(to: good.form) }
    }

    @Test func `an assertion is used once, whatever else is in it the second time`() async throws {
        let fixture = Fixture(.byKey())
        _ = try await fixture.respond(to: AssertionDraft().form)
        let again = AssertionDraft { $0.claims["exp"] = "\(Self.now + 200)" }
        for draft in [AssertionDraft(), again] {
            let refusal = await fixture.refusal(of: draft.form)
            #expect(refusal == .invalidClient(ClientRefusal(ofAssertion: .used, claimed: "web-app")))
            #expect(refusal?.description == "client authentication failed" && refusal?.challenge(realm: "r") == nil)
            #expect(refusal?.isFailedAuthentication == true)
        }
        #expect(fixture.tokens.records.count == 1)
        _ = try await fixture.respond(to: AssertionDraft { $0.claims["jti"] = #""twice""# }.form)
    }

    @Test func `a server without an issuer is no audience, and reads nothing`() async {
        let fixture = Fixture(.byKey(), issuer: nil)
        let refusal = await fixture.refusal(of: AssertionDraft { $0.beside = "&client_id=web-app" }.form)
        #expect(refusal == .invalidClient(ClientRefusal(ofAssertion: .noIssuer, claimed: "web-app")))
        #expect(fixture.registry.lookups.isEmpty)
    }

    @Test(arguments: [
        ("iat", Fixture.now.seconds - 100, -89, true), ("iat", Fixture.now.seconds - 100, -110, false),
        ("exp", Fixture.now.seconds + 60, -261, false), ("exp", Fixture.now.seconds + 60, -260, false),
        ("exp", Fixture.now.seconds + 60, -259, true), ("exp", Fixture.now.seconds + 300, -20, false),
        ("exp", Fixture.now.seconds + 300, -19, true),
    ])
    func `what may have been used before the machine started is refused where that may be forgotten`(
        claim: String,
        value: Int64,
        start: Int64,
        isRefused: Bool
    ) async {
        let fixture = Fixture(.byKey())
        fixture.assertions.forgetsUntil = Fixture.now.adding(seconds: start)
        let refusal = await fixture.refusal(of: AssertionDraft { $0.claims[claim] = "\(value)" }.form)
        #expect(
            refusal
                == (isRefused ? .invalidClient(ClientRefusal(ofAssertion: .fromBeforeStart, claimed: "web-app")) : nil)
        )
    }

    @Test func `no fault tells anything of the assertion`() {
        for row in Self.ofTokens + Self.ofClaims + Self.ofClients + Self.ofSignatures {
            let draft = AssertionDraft(row.change)
            let secrets = draft.assertion.split(separator: ".").filter { $0.utf8.count > 8 }.map(String.init)
            #expect(!secrets.contains(where: row.fault.description.contains))
            #expect(!row.fault.description.isEmpty && row.fault.description.utf8.count < 100)
        }
    }
}
