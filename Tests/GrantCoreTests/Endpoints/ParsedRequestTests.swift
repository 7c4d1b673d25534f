import Testing

@testable import GrantCore

/// RFC 6749 §3.2: what a request has to be before anybody looks at who sent it.
struct ParsedRequestTests {
    private let fixture = Fixture(.webApp())

    private func refusal(_ change: (inout EndpointRequest) -> Void) -> OAuthError? {
        var request = EndpointRequest.form()
        change(&request)
        return fixture.refusal(of: request)
    }

    @Test(arguments: ["GET", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH", "post", "POST ", ""])
    func `only POST is taken`(method: String) {
        #expect(refusal { $0.method = method } == .methodNotAllowed(allow: "POST"))
    }

    @Test(arguments: [nil, "", "text/plain", "multipart/form-data; boundary=x", "application/jsonp"])
    func `another content type is named`(contentType: String?) {
        #expect(refusal { $0.contentType = contentType } == .unsupportedMediaType(contentType))
    }

    @Test(arguments: ["application/x-www-form-urlencoded", "application/json"])
    func `a body that is too long is told its limit`(contentType: String) {
        let error = refusal {
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
    func `a parameter in the URI is refused by name, whatever else the request holds`(query: String, name: String) {
        #expect(refusal { $0.query = query } == .invalidRequest("\(name) is in the URI: send it in the body"))
    }

    @Test(arguments: [
        "", "x=1", "x", "%zz=1", "%", "=client_secret", "x=client_secret", "Client_Secret=x", "&", "token=x",
    ])
    func `any other query is passed over`(query: String) {
        #expect(refusal { $0.query = query } == nil)
    }

    @Test(arguments: [
        ("grant_type=client_credentials&grant_type=client_credentials", "grant_type is repeated"),
        ("scope=a&scope=b", "scope is repeated"),
        ("scope=%zz", "scope is not well encoded"),
    ])
    func `a malformed form is refused before its client is looked up`(body: String, description: String) {
        #expect(fixture.refusal(of: .form(body, authorization: basic("nobody:x"))) == .invalidRequest(description))
        #expect(fixture.registry.lookups.isEmpty)
    }

    @Test(arguments: ["", "[]", #"{"client_id":"web-app""#, #"{"client_id":1}"#, #"{"client_id":"a","client_id":"b"}"#])
    func `malformed JSON is refused before its client is looked up`(body: String) {
        let error = fixture.refusal(of: .json(body))
        #expect(error?.code == "invalid_request")
        #expect(error?.status == 400)
        #expect(fixture.registry.lookups.isEmpty)
    }

    @Test func `no refusal stores anything`() {
        for request in [
            EndpointRequest.form("grant_type=password"), .form(""), .form(authorization: basic("web-app:x")),
        ] {
            #expect(fixture.refusal(of: request) != nil)
        }
        #expect(fixture.tokens.records.isEmpty)
    }
}
