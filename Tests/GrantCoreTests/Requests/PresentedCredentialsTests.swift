import Testing

@testable import GrantCore

/// RFC 6749 §2.3: one authentication a request.
struct PresentedCredentialsTests {
    private func presented(_ request: EndpointRequest) throws(OAuthError) -> PresentedCredentials {
        try ParsedRequest(request, parameters: [.grantType, .scope] + Parameter.ofClients).credentials
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
        (.json("{}", authorization: basic("web-app:client-secret")), .basic),
        (.json(#"{"client_secret":null}"#, authorization: basic("web-app:client-secret")), .basic),
        (.form("client_id=web-app&client_secret=client-secret", authorization: "Bearer left-over"), .body),
        (.json(#"{"client_id":"web-app","client_secret":"client-secret"}"#, authorization: "BEARER x"), .body),
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
            .form("client_id=web-app&client_secret=x", authorization: "Digest x"),
            "client_secret and Authorization are used together"
        ),
        (
            .json(#"{"client_secret":"x"}"#, authorization: basic("a:b")),
            "client_secret and Authorization are used together"
        ),
        (.form("client_assertion=x"), "client_assertion and Authorization are used together"),
        (
            .json(#"{"client_assertion_type":"x"}"#, authorization: basic("a:b")),
            "client_assertion_type and Authorization are used together"
        ),
        (
            .form("client_id=a&client_secret=b&client_assertion=x", authorization: nil),
            "client_assertion and client_secret are used together"
        ),
        (.form("client_id=other"), "client_id is not the one in Authorization"),
        (.form("client_id=web-app%20"), "client_id is not the one in Authorization"),
        (.form("client_id=a", authorization: basic(":b")), "client_id is not the one in Authorization"),
        (
            .form("client_id=caf%C3%A9", authorization: basic("cafe\u{301}:x")),
            "client_id is not the one in Authorization"
        ),
        (.json(#"{"client_secret":"x"}"#), "client_id is missing beside client_secret"),
        (.json(#"{"client_id":"","client_secret":"x"}"#), "client_id is missing beside client_secret"),
        (.json(#"{"client_id":null,"client_secret":"x"}"#), "client_id is missing beside client_secret"),
        (.json(#"{"client_id":"web-app"}"#), "client_secret is missing beside client_id"),
        (.json(#"{"client_id":"web-app","client_secret":""}"#), "client_secret is missing beside client_id"),
        (.form("client_id=web-app", authorization: nil), "client_secret is missing beside client_id"),
        (
            .form("client_id=web-app&client_secret=", authorization: "Bearer x"),
            "client_secret is missing beside client_id"
        ),
        (.form("client_secret=x", authorization: nil), "client_id is missing beside client_secret"),
        (
            .form("client_assertion=x", authorization: nil),
            "client_assertion_type is missing beside client_assertion"
        ),
        (
            .form("client_assertion_type=\(ClientAssertion.type)", authorization: nil),
            "client_assertion is missing beside client_assertion_type"
        ),
        (
            .form("client_assertion=x&client_assertion_type=saml", authorization: nil),
            "client_assertion_type has to be \(ClientAssertion.type)"
        ),
    ])
    func `two ways at once and half a way are invalid requests`(request: EndpointRequest, description: String) {
        #expect(refusal(of: request) == .invalidRequest(description))
    }

    @Test(arguments: [
        (EndpointRequest.form(authorization: nil), ClientRefusal(.noCredentials, claimed: nil)),
        (.form("client_id=&client_secret=", authorization: nil), ClientRefusal(.noCredentials, claimed: nil)),
        (.form(authorization: "Bearer x"), ClientRefusal(.noCredentials, claimed: nil)),
        (.form(authorization: "bearer"), ClientRefusal(.noCredentials, claimed: nil)),
        (.json("{}"), ClientRefusal(.noCredentials, claimed: nil)),
        (.json(#"{"client_id":null}"#), ClientRefusal(.noCredentials, claimed: nil)),
        (.form(authorization: "Bearerx y"), ClientRefusal(.unsupportedScheme, claimed: nil)),
        (.form("client_id=a", authorization: "Digest x"), ClientRefusal(.unsupportedScheme, claimed: "a")),
    ])
    func `a request without authentication is an invalid client, which says how to do it`(
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
