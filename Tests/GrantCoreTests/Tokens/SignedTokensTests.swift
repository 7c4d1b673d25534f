import Encoding
import JOSE
import Testing

@testable import GrantCore

/// RFC 9068 §2: the tokens of clients that get signed ones.
struct SignedTokensTests {
    private let signer = OneKey(TestKeys.own())

    private func client(_ change: (inout Client) -> Void = { _ in }) -> Client {
        .webApp {
            $0.tokenFormat = .jwt
            $0.scope = "read write"
            $0.audiences = Audience(["https://api.example.com", "orders"]) ?? .none
            $0.defaultAudience = Audience(["orders"]) ?? .none
            change(&$0)
        }
    }

    private func issue(_ client: Client, _ beside: String = "", at now: Timestamp = Fixture.now) async throws -> (
        TokenResponse, CompactJWS, Fixture
    ) {
        let fixture = Fixture(client, signer: signer)
        let response = try await fixture.respond(to: .form("grant_type=client_credentials\(beside)"), at: now)
        return (response, try CompactJWS(response.token.exposedValue), fixture)
    }

    @Test func `a token has the claims of RFC 9068, and jti first`() async throws {
        let (response, token, _) = try await issue(client())
        #expect(
            String(decoding: token.payload, as: UTF8.self)
                == #"{"jti":"\#(response.token.handle)","iss":"https://example.com/oauth2","sub":"web-app","#
                + #""client_id":"web-app","aud":"orders","iat":1800000000,"exp":1800003600,"scope":"read write"}"#
        )
        #expect(token.header.type == "at+jwt" && token.header.algorithm == .es256)
        #expect(token.header.keyID == signer.key.publicKey.keyID)
        try token.verify(by: signer.key.publicKey)
        #expect(try Claims(token.payload).isOnlyFor("orders"))
    }

    @Test func `the answer has the token, and the store has what it stands for`() async throws {
        let (response, _, fixture) = try await issue(client())
        #expect(response.token.isSigned)
        #expect(response.text.hasPrefix(#"{"access_token":"\#(response.token.exposedValue)","token_type":"bearer""#))
        let record = try #require(try fixture.tokens.find(response.token, at: Fixture.now))
        #expect(record.grant.audience.names == ["orders"])
        #expect(record.expiresAt.seconds == 1_800_003_600)
    }

    @Test func `several audiences are an array, a client without scope has none, and a lifetime is the client's`()
        async throws
    {
        let changed = client {
            $0.scope = .none
            $0.accessTokenLifetime = 60
        }
        let (_, token, _) = try await issue(changed, "&audience=orders&resource=https%3A%2F%2Fapi.example.com")
        let text = String(decoding: token.payload, as: UTF8.self)
        #expect(text.hasSuffix(#""aud":["https://api.example.com","orders"],"iat":1800000000,"exp":1800000060}"#))
    }

    @Test func `times are whole seconds, and an id is escaped`() async throws {
        let (_, token, _) = try await issue(client(), at: Timestamp(microseconds: 1_800_000_000_900_000))
        let claims = try Claims(token.payload)
        #expect(claims.issuedAt?.roundedDown == 1_800_000_000 && claims.issuedAt?.hasFraction == false)
        let grant = Grant(clientID: "a\"\\\u{202E}客", scope: .none)
        let handle = try #require(AccessToken(String(repeating: "h", count: 64)))
        let signed = SignedTokens(issuer: AssertionDraft.issuer, signer: signer)
        let text = try signed.token(of: grant, handle, at: Fixture.now, lifetime: 60).exposedValue
        let subject = try Claims(CompactJWS(text).payload).subject
        #expect(subject == grant.clientID.value)
    }

    @Test func `a signed token is no client assertion`() async throws {
        let key = TestKeys.named(signer.key.publicKey.keyID, signer.key, for: .es256)
        let changed = client {
            $0.authenticationMethod = nil
            $0.keys = JWKSet(publishing: [key])
            $0.audiences = Audience([AssertionDraft.issuer]) ?? .none
            $0.defaultAudience = $0.audiences
        }
        let (response, _, fixture) = try await issue(changed)
        let refusal = await fixture.refusal(of: .assertion(response.token.exposedValue))
        #expect(refusal == .invalidClient(ClientRefusal(ofAssertion: .otherType, claimed: nil)))
    }

    @Test func `without an audience none is issued`() async {
        let fixture = Fixture(client { $0.defaultAudience = .none }, signer: signer)
        #expect(await fixture.refusal(of: .form()) == .invalidTarget("web-app", .missing))
        #expect(signer.signatures == 0 && fixture.tokens.records.isEmpty)
    }

    @Test func `without an issuer, and without a key, none is issued, and the log says why`() async {
        let nameless = Fixture(client(), issuer: nil, signer: signer)
        guard case .unavailable(.unavailable(let reason)) = await nameless.refusal(of: .form()) else {
            return #expect(Bool(false), "a refusal of the service")
        }
        #expect(reason.contains("GRANTD_ISSUER") && reason.contains("web-app"))
        signer.failure = .unavailable("no key signs tokens now")
        let keyless = Fixture(client(), signer: signer)
        #expect(await keyless.refusal(of: .form()) == .unavailable(.unavailable("no key signs tokens now")))
        #expect(keyless.tokens.records.isEmpty)
    }

    @Test func `a token that would be longer than 4096 characters is not issued`() async throws {
        let words = (0..<700).map { "w\($0)" }.joined(separator: " ")
        let long = Fixture(client { $0.scope = Scope(words) ?? .none }, signer: signer)
        guard case .unavailable(.unavailable(let reason)) = await long.refusal(of: .form()) else {
            return #expect(Bool(false), "a refusal of the service")
        }
        #expect(reason == "the signed token of web-app would be longer than 4096 characters")
        #expect(long.tokens.records.isEmpty)
    }

    @Test func `the format is the client's own before the server's`() async throws {
        func isSigned(_ own: AccessTokenFormat?, _ general: AccessTokenFormat) async throws -> Bool {
            let client = client { $0.tokenFormat = own }
            let fixture = Fixture(client)
            let endpoint = TokenEndpoint(
                authenticator: fixture.authenticator,
                tokens: fixture.tokens,
                defaultLifetime: 60,
                defaultFormat: general,
                signed: SignedTokens(issuer: AssertionDraft.issuer, signer: signer)
            )
            return try await endpoint.respond(to: .form(), at: Fixture.now).token.isSigned
        }
        for general in AccessTokenFormat.allCases {
            #expect(try await isSigned(nil, general) == (general == .jwt))
            #expect(try await isSigned(.jwt, general))
            #expect(try await !isSigned(.opaque, general))
        }
    }
}
