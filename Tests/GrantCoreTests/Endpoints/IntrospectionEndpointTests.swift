import Testing

@testable import GrantCore

/// RFC 7662 §2.
struct IntrospectionEndpointTests {
    private let fixture = Fixture(
        .webApp { $0.scope = "read write" },
        .webApp { $0.id = "other" },
        .webApp {
            $0.id = "site"
            $0.mayIntrospect = true
        }
    )
    private static let inactive = #"{"active":false}"#

    private func issue(to client: ClientID = "web-app", scope: Scope = "read write") throws -> AccessToken {
        try fixture.tokens.issue(Grant(clientID: client, scope: scope), at: Fixture.now, lifetime: 60)
    }

    private func ask(
        _ request: EndpointRequest,
        issuer: String? = nil,
        at now: Timestamp = Fixture.now
    ) async throws(OAuthError) -> String {
        let verifier = TokenVerifier(registry: fixture.registry, tokens: fixture.tokens)
        return try await IntrospectionEndpoint(authenticator: fixture.authenticator, verifier: verifier, issuer: issuer)
            .respond(to: request, at: now).json
    }

    private func refusal(of request: EndpointRequest) async -> OAuthError? {
        do throws(OAuthError) {
            _ = try await ask(request)
            return nil
        } catch {
            return error
        }
    }

    private func form(_ token: String, by client: String = "web-app", more: String = "") -> EndpointRequest {
        .form("token=\(token)\(more)", authorization: basic("\(client):client-secret"))
    }

    @Test func `a live token is told with everything that is known of it`() async throws {
        let token = try issue().exposedValue
        let told =
            #"{"active":true,"scope":"read write","client_id":"web-app","token_type":"bearer","#
            + #""exp":1800000060,"iat":1800000000,"sub":"web-app"}"#
        #expect(try await ask(form(token)) == told)
        #expect(
            try await ask(form(token), issuer: "https://example.com/oauth2")
                == told.dropLast() + #","iss":"https://example.com/oauth2"}"#
        )
    }

    @Test func `a token without scope is told without scope`() async throws {
        let token = try issue(scope: .none).exposedValue
        #expect(try await !ask(form(token)).contains("scope"))
    }

    @Test func `a JSON object asks as well as a form`() async throws {
        let token = try issue().exposedValue
        let request = EndpointRequest.json(
            #"{"token":"\#(token)","client_id":"web-app","client_secret":"client-secret"}"#
        )
        #expect(try await ask(request) == ask(form(token)))
    }

    @Test func `another client's token is told to nobody but who may ask about all`() async throws {
        let token = try issue().exposedValue
        #expect(try await ask(form(token, by: "other")) == Self.inactive)
        #expect(try await ask(form(token, by: "site")).hasPrefix(#"{"active":true,"#))
        #expect(try await ask(form(issue(to: "other").exposedValue, by: "site")).contains(#""client_id":"other""#))
    }

    @Test func `of a token that has ended, in whichever way, nothing more is told`() async throws {
        let (token, revoked) = (try issue(), try issue())
        #expect(try await fixture.tokens.revoke(revoked, at: Fixture.now))
        for caller in ["web-app", "site"] {
            #expect(try await ask(form(revoked.exposedValue, by: caller)) == Self.inactive)
            #expect(
                try await ask(form(token.exposedValue, by: caller), at: Fixture.now.adding(seconds: 60))
                    == Self.inactive
            )
        }
        let asked = form(token.exposedValue, by: "site")
        fixture.registry.clients["web-app"]?.notBefore = Timestamp(microseconds: Fixture.now.microseconds + 1)
        #expect(try await ask(asked) == Self.inactive)
        fixture.registry.clients["web-app"]?.notBefore = nil
        #expect(try await ask(asked) != Self.inactive)
        fixture.registry.clients["web-app"]?.isActive = false
        #expect(try await ask(asked) == Self.inactive)
        fixture.registry.clients["web-app"] = nil
        #expect(try await ask(asked) == Self.inactive)
    }

    @Test(arguments: [
        "never-issued", "a.b", "%00", "%20", "t%C3%B6ken", "%22%7D", String(repeating: "a", count: 81),
        String(repeating: "a", count: 10_000),
    ])
    func `what is no token is a token that is not active`(token: String) async throws {
        #expect(try await ask(form(token)) == Self.inactive)
    }

    @Test(arguments: ["access_token", "refresh_token", "anything", ""])
    func `a hint changes nothing`(hint: String) async throws {
        let token = try issue().exposedValue
        #expect(try await ask(form(token, more: "&token_type_hint=\(hint)")) == ask(form(token)))
    }

    @Test(arguments: [
        (EndpointRequest.form(""), "token is missing"), (.form("token="), "token is missing"),
        (.form("Token=a"), "token is missing"), (.form("token=a&token=b"), "token is repeated"),
        (.form("token=a&token_type_hint=a&token_type_hint=b"), "token_type_hint is repeated"),
        (
            .json(#"{"token":1,"client_id":"web-app","client_secret":"client-secret"}"#), "token is not a string"
        ),
    ])
    func `the token is one, and is there`(request: EndpointRequest, description: String) async {
        #expect(await refusal(of: request) == .invalidRequest(description))
    }

    @Test func `a token in the URI is refused`() async {
        var request = EndpointRequest.form("token=a")
        request.query = "token=a"
        #expect(await refusal(of: request) == .invalidRequest("token is in the URI: send it in the body"))
    }

    @Test func `asking is by POST`() async {
        var request = EndpointRequest.form("token=a")
        request.method = "GET"
        #expect(await refusal(of: request) == .methodNotAllowed(allow: "POST"))
    }

    @Test(
        arguments: [
            (basic("web-app:wrong"), .wrongSecret), (basic("nobody:client-secret"), .unknownClient),
            (nil, .noCredentials), ("Bearer token-1", .noCredentials), ("Digest x", .unsupportedScheme),
        ] as [(String?, ClientRefusal.Reason)]
    )
    func `who does not authenticate is told nothing, and the store is not asked`(
        authorization: String?,
        reason: ClientRefusal.Reason
    ) async throws {
        let token = try issue().exposedValue
        fixture.tokens.failure = .unavailable("asked")
        guard
            case .invalidClient(let refusal) = await refusal(of: .form("token=\(token)", authorization: authorization))
        else {
            Issue.record("it was not refused as it should be")
            return
        }
        #expect(refusal.reason == reason)
    }

    @Test func `a store that cannot be read is a 503, not an ended token`() async throws {
        let token = try issue().exposedValue
        fixture.tokens.failure = .unavailable("tokens")
        #expect(await refusal(of: form(token)) == .unavailable(.unavailable("tokens")))
    }

    @Test func `an id is written as JSON whatever it holds`() async throws {
        let id: ClientID = "zoë \"}\\ {\u{2028}\u{1F600}"
        fixture.registry.clients[id] = .webApp { $0.id = id }
        let told = try await ask(form(issue(to: id).exposedValue, by: "site"))
        #expect(try JSONParameters.parse(Array(told.utf8), known: [.clientID])[.clientID] == id.value)
    }
}
