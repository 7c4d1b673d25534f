import Testing

@testable import GrantCore

/// RFC 6749 §3.2: what a request has to be before anybody looks at who sent it.
struct ParsedRequestTests {
    private let fixture = Fixture(.webApp())

    private func refusal(_ change: (inout EndpointRequest) -> Void) async -> OAuthError? {
        var request = EndpointRequest.form()
        change(&request)
        return await fixture.refusal(of: request)
    }

    @Test(arguments: ["GET", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH", "post", "POST ", ""])
    func `only POST is taken`(method: String) async {
        #expect(await refusal { $0.method = method } == .methodNotAllowed(allow: "POST"))
    }

    @Test(arguments: [nil, "", "text/plain", "multipart/form-data; boundary=x", "application/jsonp"])
    func `another content type is named`(contentType: String?) async {
        #expect(await refusal { $0.contentType = contentType } == .unsupportedMediaType(contentType))
    }

    @Test(arguments: ["gzip", "GZIP", "br", "deflate, gzip", "identity, gzip", "x"])
    func `a compressed body is named by its encoding`(encoding: String) async {
        #expect(await refusal { $0.contentEncoding = encoding } == .unsupportedContentEncoding(encoding))
    }

    @Test(arguments: [nil, "", "identity", "Identity"])
    func `a body as it is, is read`(encoding: String?) async {
        #expect(await refusal { $0.contentEncoding = encoding } == nil)
    }

    @Test(arguments: [nil, "", "text/plain", "application/jsonp", "text/json"])
    func `JSON of another type is told which type to send`(contentType: String?) async {
        let error = await refusal {
            $0.contentType = contentType
            $0.body = .whole(Array("\u{FEFF} {\"grant_type\":\"client_credentials\"}\n ".utf8))
        }
        #expect(error == .unsupportedMediaType(contentType, looksLikeJSON: true))
        #expect(error?.description.contains("looks like JSON, send application/json") == true)
    }

    @Test(arguments: [
        #"{"grant_type":"client_credentials"}"#, "{}", " \n{ \"scope\" : \"a=b&c\" }\r\n", #"{"scope":"100%"}"#,
        "\u{FEFF}{\"a\":1}",
    ])
    func `JSON that came as a form is told which type to send`(body: String) async {
        let expected = OAuthError.invalidRequest(
            "the body looks like JSON: send it with Content-Type application/json"
        )
        #expect(await fixture.refusal(of: .form(body)) == expected)
        #expect(await fixture.refusal(of: .form(body, authorization: nil)) == expected)
    }

    @Test func `a form that came as JSON is told which type to send`() async {
        let error = await fixture.refusal(of: .json("grant_type=client_credentials"))
        #expect(error?.description.contains("application/x-www-form-urlencoded") == true)
    }

    @Test func `a form with braces is a form`() async throws {
        _ = try await fixture.respond(to: .form("{x}=1&grant_type=client_credentials&y={}"))
    }

    @Test(arguments: ["\u{FEFF}", ""], ["", "\n", "\r\n", "\n\n\r\n"])
    func `a byte order mark before a body and line breaks after it are passed over`(
        mark: String,
        breaks: String
    ) async throws {
        _ = try await fixture.respond(to: .form("\(mark)grant_type=client_credentials\(breaks)"))
        let members = #""client_id":"web-app","client_secret":"client-secret","grant_type":"client_credentials""#
        _ = try await fixture.respond(to: .json("\(mark){\(members)}\(breaks)"))
    }

    @Test(arguments: [
        "grant_type=client_credentials\n&x=y", "\ngrant_type=client_credentials", "grant_type=client_credentials ",
    ])
    func `white space elsewhere in a form is content`(body: String) async {
        #expect(await fixture.refusal(of: .form(body)) != nil)
    }

    @Test func `a null member is none, and may not be repeated either`() async throws {
        let members = #""client_id":"web-app","client_secret":"client-secret","grant_type":"client_credentials""#
        let response = try await fixture.respond(to: .json("{\(members),\"scope\":null,\"client_assertion\":null}"))
        #expect(response.grant.scope == .none)
        await #expect(
            fixture.refusal(of: .json("{\(members),\"scope\":null,\"scope\":null}"))
                == .invalidRequest("scope is repeated")
        )
        await #expect(
            fixture.refusal(of: .json("{\(members),\"scope\":nul}"))
                == .invalidRequest("the body is not well-formed JSON")
        )
        await #expect(
            fixture.refusal(of: .json("{\(members),\"scope\":0}")) == .invalidRequest("scope is not a string")
        )
    }

    @Test(arguments: ["application/x-www-form-urlencoded", "application/json"])
    func `a body that is too long is told its limit`(contentType: String) async {
        let error = await refusal {
            $0.contentType = contentType
            $0.body = .tooLarge(limit: 16384)
        }
        #expect(error == .bodyTooLarge(limit: 16384))
    }

    @Test(arguments: [
        ("client_secret=x", "client_secret"), ("client_id=x", "client_id"),
        ("a=b&grant_type=client_credentials", "grant_type"),
        ("scope=a", "scope"), ("client_secret", "client_secret"), ("client_secret=", "client_secret"),
        ("client%5Fsecret=x", "client_secret"), ("&&client_secret=x", "client_secret"),
    ])
    func `a parameter in the URI is refused by name, whatever else the request holds`(query: String, name: String) async
    {
        #expect(await refusal { $0.query = query } == .invalidRequest("\(name) is in the URI: send it in the body"))
    }

    @Test(arguments: [
        "", "x=1", "x", "%zz=1", "%", "=client_secret", "x=client_secret", "Client_Secret=x", "&", "token=x",
    ])
    func `any other query is passed over`(query: String) async {
        #expect(await refusal { $0.query = query } == nil)
    }

    @Test(arguments: [
        ("grant_type=client_credentials&grant_type=client_credentials", "grant_type is repeated"),
        ("scope=a&scope=b", "scope is repeated"),
        ("scope=%zz", "scope is not well encoded"),
    ])
    func `a malformed form is refused before its client is looked up`(body: String, description: String) async {
        #expect(
            await fixture.refusal(of: .form(body, authorization: basic("nobody:x"))) == .invalidRequest(description)
        )
        #expect(fixture.registry.lookups.isEmpty)
    }

    @Test(arguments: ["", "[]", #"{"client_id":"web-app""#, #"{"client_id":1}"#, #"{"client_id":"a","client_id":"b"}"#])
    func `malformed JSON is refused before its client is looked up`(body: String) async {
        let error = await fixture.refusal(of: .json(body))
        #expect(error?.code == "invalid_request")
        #expect(error?.status == 400)
        #expect(fixture.registry.lookups.isEmpty)
    }

    @Test func `no refusal stores anything`() async {
        for request in [
            EndpointRequest.form("grant_type=password"), .form(""), .form(authorization: basic("web-app:x")),
        ] {
            #expect(await fixture.refusal(of: request) != nil)
        }
        #expect(fixture.tokens.records.isEmpty)
    }
}
