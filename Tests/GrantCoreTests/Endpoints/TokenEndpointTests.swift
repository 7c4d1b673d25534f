import Testing

@testable import GrantCore

/// RFC 6749 §4.4.
struct TokenEndpointTests {
    @Test(arguments: [
        EndpointRequest.form(),
        .form("client_id=web-app&client_secret=client-secret&grant_type=client_credentials", authorization: nil),
        .json(#"{"client_id":"web-app","client_secret":"client-secret", "grant_type":"client_credentials"}"#),
    ])
    func `a client gets a bearer token`(request: EndpointRequest) async throws {
        let fixture = Fixture(.webApp())
        let response = try await fixture.respond(to: request)
        #expect(response.text == #"{"access_token":"token-1","token_type":"bearer","expires_in":3600}"#)
        let record = try fixture.tokens.find(response.token, at: Fixture.now)
        #expect(record?.grant == Grant(clientID: "web-app", scope: .none))
        #expect(record?.issuedAt == Fixture.now)
        #expect(record?.expiresAt == Fixture.now.adding(seconds: 3600))
    }

    @Test(arguments: ["", "grant_type=", "x=1", "Grant_type=client_credentials"])
    func `grant_type is required`(body: String) async {
        #expect(
            await Fixture(.webApp()).refusal(of: .form(body))
                == .invalidRequest("grant_type is missing: send grant_type=client_credentials")
        )
    }

    @Test func `grant_type is required in JSON as well`() async {
        let request = EndpointRequest.json(#"{"client_id":"web-app","client_secret":"client-secret"}"#)
        #expect(
            await Fixture(.webApp()).refusal(of: request)
                == .invalidRequest("grant_type is missing: send grant_type=client_credentials")
        )
    }

    @Test(arguments: [
        "password", "authorization_code", "refresh_token", "Client_Credentials", "client_credentials+",
        "client_credentials%00", "x",
    ])
    func `another grant is not supported`(grantType: String) async {
        #expect(await Fixture(.webApp()).refusal(of: .form("grant_type=\(grantType)")) == .unsupportedGrantType)
    }

    @Test(arguments: [[], ["authorization_code"], ["password", "CLIENT_CREDENTIALS"]])
    func `a client without the grant is told so, once it has authenticated`(grantTypes: [String]) async {
        let fixture = Fixture(.webApp { $0.grantTypes = grantTypes })
        #expect(await fixture.refusal(of: .form()) == .unauthorizedClient("web-app"))
        #expect(await fixture.reason(of: .form(authorization: basic("web-app:wrong"))) == .wrongSecret)
        #expect(fixture.tokens.records.isEmpty)
    }

    @Test(arguments: [
        ("", "read write admin"),
        ("&scope=", "read write admin"),
        ("&scope=read", "read"),
        ("&scope=admin+read", "read admin"),
        ("&scope=read+read", "read"),
        ("&scope=admin%20write%20read", "read write admin"),
    ])
    func `the scope that is asked for is granted, and without one all that the client has`(
        asked: String,
        granted: String
    ) async throws {
        let fixture = Fixture(.webApp { $0.scope = "read write admin" })
        let response = try await fixture.respond(to: .form("grant_type=client_credentials\(asked)"))
        #expect(response.grant.scope.description == granted)
        #expect(response.text.hasSuffix(#","expires_in":3600,"scope":"\#(granted)"}"#))
    }

    @Test(arguments: [
        ("delete", ScopeFault.notAllowed(word: "delete")), ("read+delete+drop", .notAllowed(word: "delete")),
        ("Read", .notAllowed(word: "Read")), ("read,write", .notAllowed(word: "read,write")),
        ("read++write", .straySpace), ("+read", .straySpace), ("read+", .straySpace), ("+", .straySpace),
        ("r%22", .forbiddenCharacter(word: "r\"")), ("read+read%0A", .forbiddenCharacter(word: "read\n")),
        ("read%09write", .forbiddenCharacter(word: "read\twrite")), ("l%C3%A9s", .forbiddenCharacter(word: "l\u{E9}s")),
    ])
    func `a scope that is malformed or not the client's is invalid, and says which word is at fault`(
        asked: String,
        fault: ScopeFault
    ) async {
        let fixture = Fixture(.webApp { $0.scope = "read write" })
        let request = EndpointRequest.form("grant_type=client_credentials&scope=\(asked)")
        #expect(await fixture.refusal(of: request) == .invalidScope("web-app", fault))
        #expect(fixture.tokens.records.isEmpty)
    }

    @Test func `nobody learns of scopes before its client has authenticated`() async {
        let fixture = Fixture(.webApp { $0.scope = "read" })
        for asked in ["read++write", "delete", "%22"] {
            let body = "grant_type=client_credentials&scope=\(asked)"
            let refusal = await fixture.refusal(of: .form(body, authorization: basic("web-app:wrong")))
            #expect(refusal == .invalidClient(ClientRefusal(.wrongSecret, claimed: "web-app")))
        }
    }

    @Test func `a token has its client's generation`() async throws {
        let fixture = Fixture(.webApp { $0.generation = Generation("first") })
        #expect(try await fixture.respond(to: .form()).grant.generation?.value == "first")
    }

    @Test func `while a client's not_before lies ahead it gets no token, and hears when to try again`() async throws {
        let fixture = Fixture(.webApp { $0.notBefore = Fixture.now.adding(seconds: 90) })
        let refusal = await fixture.refusal(of: .form())
        #expect(refusal == .notYetValid("web-app", retryAfter: 91))
        #expect(refusal?.status == 503 && refusal?.retryAfter == 91)
        #expect(fixture.tokens.records.isEmpty)
        await #expect(throws: Never.self) {
            try await fixture.respond(to: .form(), at: Fixture.now.adding(seconds: 90))
        }
        // Nobody else learns of it.
        let wrong = await fixture.refusal(of: .form(authorization: basic("web-app:wrong")))
        #expect(wrong == .invalidClient(ClientRefusal(.wrongSecret, claimed: "web-app")))
    }

    @Test func `a client without scope is granted none`() async {
        let fixture = Fixture(.webApp())
        let refusal = await fixture.refusal(of: .form("grant_type=client_credentials&scope=read"))
        #expect(refusal == .invalidScope("web-app", .notAllowed(word: "read")))
    }

    @Test func `the answer's scope is written as it is, since it needs no escape`() async throws {
        let words = String(
            (UInt8(0x21)...0x7E).filter { $0 != 0x22 && $0 != 0x5C }.map { Character(Unicode.Scalar($0)) }
        )
        let scope = try #require(Scope(words))
        let json = try await Fixture(.webApp { $0.scope = scope }).respond(to: .form()).text
        #expect(try JSONParameters.parse(Array(json.utf8), known: [.scope])[.scope] == words)
    }

    @Test(arguments: [(nil, 900), (60, 60), (31_536_000, 31_536_000)] as [(Int?, Int)])
    func `a client's own lifetime comes before the site's`(own: Int?, lifetime: Int) async throws {
        let fixture = Fixture(.webApp { $0.accessTokenLifetime = own }, defaultLifetime: 900)
        let response = try await fixture.respond(to: .form())
        #expect(response.lifetime == lifetime)
        #expect(response.text.contains(#""expires_in":\#(lifetime)}"#))
        let record = try fixture.tokens.find(response.token, at: Fixture.now)
        #expect(record?.expiresAt == Fixture.now.adding(seconds: Int64(lifetime)))
    }

    @Test(arguments: [
        StorageError.full("write: ENOSPC"), .unavailable("open: EACCES"), .syncFailed("fdatasync: EIO"),
        .unknownFormat("v9"),
    ])
    func `a store that fails is a 503, with its reason for the log`(failure: StorageError) async {
        let fixture = Fixture(.webApp())
        fixture.tokens.failure = failure
        let error = await fixture.refusal(of: .form())
        #expect(error == .unavailable(failure))
        #expect(error?.status == 503)
    }

    @Test func `every answer has a token of its own, and no refresh token`() async throws {
        let fixture = Fixture(.webApp())
        var answers: [String] = []
        for _ in 0..<10 { answers.append(try await fixture.respond(to: .form()).text) }
        #expect(Set(answers).count == 10)
        #expect(answers.allSatisfy { !$0.contains("refresh") })
    }
}
