import Testing

@testable import GrantCore

/// RFC 6749 §2.3: one authentication a request.
struct PresentedCredentialsTests {
    private func presented(_ request: EndpointRequest) throws(OAuthError) -> PresentedCredentials {
        try ParsedRequest(request, own: [.grantType, .scope]).credentials
    }

    private func refusal(of request: EndpointRequest) -> OAuthError? {
        do throws(OAuthError) {
            _ = try presented(request)
            return nil
        } catch {
            return error
        }
    }

    @Test(arguments: [
        (EndpointRequest.form(), ClientAuthenticationMethod.basic),
        (.form("client_id=web-app"), .basic),
        (.form("client_secret="), .basic),
        (.form("client_id=web-app&client_secret=client-secret", authorization: nil), .body),
        (.form("client_id=web-app&client_secret=client-secret", authorization: ""), .body),
        (.json(#"{"client_id":"web-app","client_secret":"client-secret"}"#), .body),
    ])
    func `a client authenticates in one of three ways`(request: EndpointRequest, method: ClientAuthenticationMethod)
        throws
    {
        let presented = try presented(request)
        #expect(presented.method == method)
        #expect(presented.readings.map(\.id) == ["web-app"])
        #expect(presented.readings.map(\.secret.exposedValue) == ["client-secret"])
    }

    @Test(arguments: [
        (EndpointRequest.form("client_secret=x"), "client_secret and Authorization are used together"),
        (.form("client_id=web-app&client_secret=client-secret"), "client_secret and Authorization are used together"),
        (
            .form("client_id=web-app&client_secret=x", authorization: "Bearer x"),
            "client_secret and Authorization are used together"
        ),
        (.form("client_id=other"), "client_id is not the one in Authorization"),
        (.form("client_id=web-app%20"), "client_id is not the one in Authorization"),
        (.form("client_id=a", authorization: basic(":b")), "client_id is not the one in Authorization"),
        (
            .form("client_id=caf%C3%A9", authorization: basic("cafe\u{301}:x")),
            "client_id is not the one in Authorization"
        ),
        (.json("{}"), "client_id is missing"),
        (.json(#"{"client_secret":"x"}"#), "client_id is missing"),
        (.json(#"{"client_id":"","client_secret":"x"}"#), "client_id is missing"),
        (.json(#"{"client_id":"web-app"}"#), "client_secret is missing"),
        (.json(#"{"client_id":"web-app","client_secret":""}"#), "client_secret is missing"),
    ])
    func `two ways at once and half a way are invalid requests`(request: EndpointRequest, description: String) {
        #expect(refusal(of: request) == .invalidRequest(description))
    }

    @Test func `a JSON request has no Authorization`() {
        var request = EndpointRequest.json(#"{"client_id":"web-app","client_secret":"client-secret"}"#)
        request.authorization = basic("web-app:client-secret")
        let description = "a JSON request authenticates by its members, not by Authorization"
        #expect(refusal(of: request) == .invalidRequest(description))
    }

    @Test(arguments: [
        (EndpointRequest.form(authorization: nil), ClientRefusal(.noCredentials, claimed: nil)),
        (.form("client_id=web-app", authorization: nil), ClientRefusal(.noCredentials, claimed: "web-app")),
        (.form("client_secret=x", authorization: nil), ClientRefusal(.noCredentials, claimed: nil)),
        (
            .form("client_id=web-app&client_secret=", authorization: nil),
            ClientRefusal(.noCredentials, claimed: "web-app")
        ),
        (.form(authorization: "Bearer x"), ClientRefusal(.unsupportedScheme, claimed: nil)),
        (.form("client_id=a", authorization: "Digest x"), ClientRefusal(.unsupportedScheme, claimed: "a")),
    ])
    func `a form without authentication is an invalid client, which says how to do it`(
        request: EndpointRequest,
        refusal expected: ClientRefusal
    ) {
        #expect(refusal(of: request) == .invalidClient(expected))
        #expect(refusal(of: request)?.description.contains("Basic, or") == true)
        #expect(refusal(of: request)?.isFailedAuthentication == false)
    }

    @Test func `a client_id beside Authorization leaves only the readings of that client`() throws {
        let authorization = basic("a+b:x")
        #expect(try presented(.form(authorization: authorization)).readings.map(\.id) == ["a b", "a+b"])
        #expect(try presented(.form("client_id=a+b", authorization: authorization)).readings.map(\.id) == ["a b"])
        #expect(try presented(.form("client_id=a%2Bb", authorization: authorization)).readings.map(\.id) == ["a+b"])
    }

    @Test(arguments: ["a%00", "a%0A", String(repeating: "x", count: 251)])
    func `an id that no client can have is a client that is not known`(id: String) throws {
        let body = "client_id=\(id)&client_secret=x"
        #expect(try presented(.form(body, authorization: nil)).readings.isEmpty)
    }
}
