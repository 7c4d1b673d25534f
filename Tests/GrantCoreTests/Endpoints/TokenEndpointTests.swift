import Testing

@testable import GrantCore

/// RFC 6749 §4.4.
struct TokenEndpointTests {
    @Test(arguments: [
        EndpointRequest.form(),
        .form("client_id=web-app&client_secret=client-secret&grant_type=client_credentials", authorization: nil),
        .json(#"{"client_id":"web-app","client_secret":"client-secret", "grant_type":"client_credentials"}"#),
    ])
    func `a client gets a bearer token`(request: EndpointRequest) throws {
        let fixture = Fixture(.webApp())
        let response = try fixture.respond(to: request)
        #expect(response.json == #"{"access_token":"token-1","token_type":"bearer","expires_in":3600}"#)
        let record = try fixture.tokens.find(response.token, at: Fixture.now)
        #expect(record?.grant == Grant(clientID: "web-app", scope: .none))
        #expect(record?.issuedAt == Fixture.now)
        #expect(record?.expiresAt == Fixture.now.adding(seconds: 3600))
    }

    @Test(arguments: ["", "grant_type=", "x=1", "Grant_type=client_credentials"])
    func `grant_type is required`(body: String) {
        #expect(Fixture(.webApp()).refusal(of: .form(body)) == .invalidRequest("grant_type is missing"))
    }

    @Test func `grant_type is required in JSON as well`() {
        let request = EndpointRequest.json(#"{"client_id":"web-app","client_secret":"client-secret"}"#)
        #expect(Fixture(.webApp()).refusal(of: request) == .invalidRequest("grant_type is missing"))
    }

    @Test(arguments: [
        "password", "authorization_code", "refresh_token", "Client_Credentials", "client_credentials+",
        "client_credentials%00", "x",
    ])
    func `another grant is not supported`(grantType: String) {
        #expect(Fixture(.webApp()).refusal(of: .form("grant_type=\(grantType)")) == .unsupportedGrantType)
    }

    @Test(arguments: [[], ["authorization_code"], ["password", "CLIENT_CREDENTIALS"]])
    func `a client without the grant is told so, once it has authenticated`(grantTypes: [String]) {
        let fixture = Fixture(.webApp { $0.grantTypes = grantTypes })
        #expect(fixture.refusal(of: .form()) == .unauthorizedClient("web-app"))
        #expect(fixture.reason(of: .form(authorization: basic("web-app:wrong"))) == .wrongSecret)
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
    ) throws {
        let fixture = Fixture(.webApp { $0.scope = "read write admin" })
        let response = try fixture.respond(to: .form("grant_type=client_credentials\(asked)"))
        #expect(response.grant.scope.description == granted)
        #expect(response.json.hasSuffix(#","expires_in":3600,"scope":"\#(granted)"}"#))
    }

    @Test(arguments: [
        "delete", "read+delete", "Read", "read++write", "+read", "read+", "+", "r%22", "read%0A", "l%C3%A9s",
        "read,write",
    ])
    func `a scope that is malformed or not the client's is invalid`(asked: String) {
        let fixture = Fixture(.webApp { $0.scope = "read write" })
        #expect(fixture.refusal(of: .form("grant_type=client_credentials&scope=\(asked)")) == .invalidScope("web-app"))
        #expect(fixture.tokens.records.isEmpty)
    }

    @Test func `a client without scope is granted none`() {
        let fixture = Fixture(.webApp())
        #expect(fixture.refusal(of: .form("grant_type=client_credentials&scope=read")) == .invalidScope("web-app"))
    }

    @Test func `the answer's scope is written as it is, since it needs no escape`() throws {
        let words = String(
            (UInt8(0x21)...0x7E).filter { $0 != 0x22 && $0 != 0x5C }.map { Character(Unicode.Scalar($0)) }
        )
        let scope = try #require(Scope(words))
        let json = try Fixture(.webApp { $0.scope = scope }).respond(to: .form()).json
        #expect(try JSONParameters.parse(Array(json.utf8), known: [.scope])[.scope] == words)
    }

    @Test(arguments: [(nil, 900), (60, 60), (31_536_000, 31_536_000)] as [(Int?, Int)])
    func `a client's own lifetime comes before the site's`(own: Int?, lifetime: Int) throws {
        let fixture = Fixture(.webApp { $0.accessTokenLifetime = own }, defaultLifetime: 900)
        let response = try fixture.respond(to: .form())
        #expect(response.lifetime == lifetime)
        #expect(response.json.contains(#""expires_in":\#(lifetime)}"#))
        let record = try fixture.tokens.find(response.token, at: Fixture.now)
        #expect(record?.expiresAt == Fixture.now.adding(seconds: Int64(lifetime)))
    }

    @Test(arguments: [
        StorageError.full("write: ENOSPC"), .unavailable("open: EACCES"), .syncFailed("fdatasync: EIO"),
        .unknownFormat("v9"),
    ])
    func `a store that fails is a 503, with its reason for the log`(failure: StorageError) {
        let fixture = Fixture(.webApp())
        fixture.tokens.failure = failure
        let error = fixture.refusal(of: .form())
        #expect(error == .unavailable(failure))
        #expect(error?.status == 503)
    }

    @Test func `every answer has a token of its own, and no refresh token`() throws {
        let fixture = Fixture(.webApp())
        let answers = try (0..<10).map { _ in try fixture.respond(to: .form()).json }
        #expect(Set(answers).count == 10)
        #expect(answers.allSatisfy { !$0.contains("refresh") })
    }
}
