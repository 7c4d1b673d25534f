import Testing

@testable import GrantCore

/// RFC 7009 §2.
struct RevocationEndpointTests {
    private let fixture = Fixture(
        .webApp(),
        .webApp {
            $0.id = "other"
            $0.mayIntrospect = true
        }
    )

    private func issue() throws -> AccessToken {
        try fixture.tokens.issue(Grant(clientID: "web-app", scope: .none), at: Fixture.now, lifetime: 60)
    }

    private func isLive(_ token: AccessToken) throws -> Bool {
        try fixture.tokens.find(token, at: Fixture.now) != nil
    }

    /// What came of it.
    private func revoke(
        _ request: EndpointRequest,
        at now: Timestamp = Fixture.now
    ) async throws(OAuthError) -> Revocation {
        try await RevocationEndpoint(authenticator: fixture.authenticator, tokens: fixture.tokens)
            .respond(to: request, at: now)
    }

    private func refusal(of request: EndpointRequest) async -> OAuthError? {
        do throws(OAuthError) {
            _ = try await revoke(request)
            return nil
        } catch {
            return error
        }
    }

    @Test func `a client ends its own token, and that one alone`() async throws {
        let (token, kept) = (try issue(), try issue())
        #expect(try await revoke(.form("token=\(token.exposedValue)")).outcome == ("web-app", true))
        #expect(try !isLive(token))
        #expect(try isLive(kept))
        #expect(try await revoke(.form("token=\(token.exposedValue)")).outcome == ("web-app", false))
    }

    @Test func `a JSON object does as well as a form`() async throws {
        let token = try issue()
        let body = #"{"token":"\#(token.exposedValue)","client_id":"web-app","client_secret":"client-secret"}"#
        #expect(try await revoke(.json(body)).wasLive)
        #expect(try !isLive(token))
    }

    @Test func `another's token lives on, even where the client may ask about it`() async throws {
        let token = try issue()
        let request = EndpointRequest.form("token=\(token.exposedValue)", authorization: basic("other:client-secret"))
        #expect(try await revoke(request).outcome == ("other", false))
        #expect(try isLive(token))
    }

    @Test func `an expired token is none to end`() async throws {
        let token = try issue()
        let later = Fixture.now.adding(seconds: 60)
        #expect(try await revoke(.form("token=\(token.exposedValue)"), at: later).outcome == ("web-app", false))
    }

    @Test(arguments: ["never-issued", "a.b", "%00", "t%C3%B6ken", String(repeating: "a", count: 81)])
    func `what is no token is no error`(token: String) async throws {
        #expect(try await revoke(.form("token=\(token)")).outcome == ("web-app", false))
    }

    @Test(arguments: ["access_token", "refresh_token", "anything", ""])
    func `a hint changes nothing`(hint: String) async throws {
        #expect(try await revoke(.form("token=\(issue().exposedValue)&token_type_hint=\(hint)")).wasLive)
    }

    @Test(arguments: [
        (EndpointRequest.form(""), "token is missing"), (.form("token="), "token is missing"),
        (.form("token=a&token=b"), "token is repeated"),
    ])
    func `the token is one, and is there`(request: EndpointRequest, description: String) async {
        #expect(await refusal(of: request) == .invalidRequest(description))
    }

    @Test(arguments: ["GET", "DELETE", "post"])
    func `revoking is by POST`(method: String) async {
        var request = EndpointRequest.form("token=a")
        request.method = method
        #expect(await refusal(of: request) == .methodNotAllowed(allow: "POST"))
    }

    @Test(
        arguments: [
            (basic("web-app:wrong"), .wrongSecret), (basic("nobody:client-secret"), .unknownClient),
            (nil, .noCredentials),
        ] as [(String?, ClientRefusal.Reason)]
    )
    func `who does not authenticate ends nothing`(authorization: String?, reason: ClientRefusal.Reason) async throws {
        let token = try issue()
        let request = EndpointRequest.form("token=\(token.exposedValue)", authorization: authorization)
        guard case .invalidClient(let refusal) = await refusal(of: request) else {
            Issue.record("it was not refused as it should be")
            return
        }
        #expect(refusal.reason == reason)
        #expect(try isLive(token))
    }

    @Test(arguments: [StorageError.unavailable("flock: EIO"), .syncFailed("fdatasync: EIO")])
    func `a store that fails is a 503, never a success`(failure: StorageError) async throws {
        let token = try issue()
        fixture.tokens.failure = failure
        #expect(await refusal(of: .form("token=\(token.exposedValue)")) == .unavailable(failure))
    }
}

extension Revocation {
    /// The client, and whether a live token of its was ended.
    fileprivate var outcome: (ClientID, Bool) { (client, wasLive) }
}
