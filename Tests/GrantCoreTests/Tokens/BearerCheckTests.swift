import GrantCore
import Testing

/// RFC 6750 §2.1 and §3: which requests to the site may pass.
struct BearerCheckTests {
    private let registry = InMemoryRegistry([.webApp()])
    private let tokens = InMemoryTokens()
    private let good: String

    init() throws {
        let grant = Grant(clientID: "web-app", scope: "read write")
        good = "Bearer " + (try tokens.issue(grant, at: Fixture.now, lifetime: 60).exposedValue)
    }

    /// What the request is refused for; nil if it may pass.
    private func refusal(
        of authorization: String?,
        requiring scope: String? = nil,
        at now: Timestamp = Fixture.now
    ) async -> BearerRefusal? {
        let check = BearerCheck(verifier: TokenVerifier(registry: registry, tokens: tokens))
        do throws(BearerRefusal) {
            _ = try await check.verify(
                authorization: authorization,
                requirement: CheckRequirement(scope: scope),
                at: now
            )
            return nil
        } catch {
            return error
        }
    }

    @Test(arguments: ["Bearer token-1", "bearer token-1", "BEARER token-1", "Bearer   token-1"])
    func `a live token passes, whatever the scheme's case, and brings its record`(authorization: String) async throws {
        let check = BearerCheck(verifier: TokenVerifier(registry: registry, tokens: tokens))
        let record = try await check.verify(
            authorization: authorization,
            requirement: CheckRequirement(),
            at: Fixture.now
        )
        #expect(record.grant == Grant(clientID: "web-app", scope: "read write"))
        #expect(record.expiresAt == Fixture.now.adding(seconds: 60))
    }

    @Test(arguments: [
        nil, "", " ", "Basic d2ViLWFwcDp4", "Digest x", "token-1", "Bearertoken-1",
        " Bearer token-1", "Bearer2 token-1", "Bearer, token-1", "Bеarer token-1",
    ])
    func `another scheme or none carries no bearer token`(authorization: String?) async {
        #expect(await refusal(of: authorization) == .noCredentials)
    }

    @Test(arguments: [
        "Bearer", "Bearer\ttoken-1", "Bearer ", "Bearer token-1 ", "Bearer token-1 token-1", "Bearer token-1,",
        "Bearer \"token-1\"",
        "Bearer =", "Bearer a=b", "Bearer tøken", "Bearer token-1\u{0}", "Bearer token-1\n", "Bearer %74oken-1",
        "Bearer token-1, Bearer token-1",
    ])
    func `what is no b64token is malformed`(authorization: String) async {
        #expect(await refusal(of: authorization) == .malformedRequest)
    }

    @Test(arguments: [
        "token-2", "TOKEN-1", "token-1=", "token.1", "token-1/", "a", "~", String(repeating: "a", count: 80),
        String(repeating: "a", count: 81), String(repeating: "a", count: 100_000),
    ])
    func `a token that was never issued is invalid`(token: String) async {
        #expect(await refusal(of: "Bearer \(token)") == .invalidToken)
    }

    @Test func `an expired and a revoked token, and one whose client is off or gone, are invalid`() async throws {
        #expect(await refusal(of: good, at: Fixture.now.adding(seconds: 60)) == .invalidToken)
        registry.clients["web-app"]?.isActive = false
        #expect(await refusal(of: good) == .invalidToken)
        registry.clients["web-app"] = nil
        #expect(await refusal(of: good) == .invalidToken)
        registry.clients["web-app"] = .webApp()
        #expect(await refusal(of: good) == nil)
        #expect(try await tokens.revoke(try #require(AccessToken("token-1")), at: Fixture.now))
        #expect(await refusal(of: good) == .invalidToken)
    }

    @Test(arguments: [nil, "", "read", "write", "read write", "write read", "read read"])
    func `a token with all the required words passes`(scope: String?) async {
        #expect(await refusal(of: good, requiring: scope) == nil)
    }

    @Test(arguments: ["admin", "read admin", "admin read", "Read", "rea", "reads", "read,write"] as [Scope])
    func `a token that lacks one of the required words does not`(scope: Scope) async {
        #expect(
            await refusal(of: good, requiring: scope.description) == .insufficientScope(scope, client: "web-app")
        )
    }

    @Test func `the token comes before the scope`() async {
        #expect(await refusal(of: nil, requiring: "admin") == .noCredentials)
        #expect(await refusal(of: "Bearer x", requiring: "admin") == .invalidToken)
    }

    @Test(arguments: [" ", " read", "read ", "read  write", "re\"ad", "r\\", "read\n", "lés", "\u{FFFD}"])
    func `where the site asks for what is no scope, nobody passes`(scope: String) async {
        #expect(await refusal(of: good, requiring: scope) == .malformedRequirement)
        #expect(await refusal(of: nil, requiring: scope) == .malformedRequirement)
    }

    /// What a token with an audience is refused for where the site asks for one; nil if it may pass.
    private func refusal(
        ofTokenFor audience: String,
        requiring services: String?,
        scope: String? = "read",
        token: String = "Bearer token-2"
    ) async throws -> BearerRefusal? {
        let grant = Grant(
            clientID: "web-app",
            scope: "read",
            audience: try #require(Audience(separatedBySpaces: audience))
        )
        _ = try tokens.issue(grant, at: Fixture.now, lifetime: 60)
        let check = BearerCheck(verifier: TokenVerifier(registry: registry, tokens: tokens))
        do throws(BearerRefusal) {
            let requirement = CheckRequirement(scope: scope, audience: services)
            _ = try await check.verify(authorization: token, requirement: requirement, at: Fixture.now)
            return nil
        } catch {
            return error
        }
    }

    @Test(
        arguments: [
            ("orders", "orders", true), ("orders invoices", "invoices", true), ("orders", "invoices orders", true),
            ("", "", true), ("", nil, true), ("orders", "invoices", false), ("orders", "Orders", false),
            ("orders", "", false), ("orders", nil, false), ("", "orders", false),
        ] as [(String, String?, Bool)]
    )
    func `a token passes where it is for the service`(audience: String, services: String?, passes: Bool) async throws {
        let refusal = try await refusal(ofTokenFor: audience, requiring: services)
        #expect(refusal == (passes ? nil : .otherAudience(client: "web-app")))
        #expect(passes || refusal?.status == 401 && refusal?.code == "invalid_token")
    }

    @Test func `a token for another service is a 401 before a missing scope is a 403`() async throws {
        #expect(
            try await refusal(ofTokenFor: "a", requiring: "b", scope: "admin") == .otherAudience(client: "web-app")
        )
        #expect(
            try await refusal(ofTokenFor: "b", requiring: "b", scope: "admin", token: "Bearer token-3")
                == .insufficientScope("admin", client: "web-app")
        )
        #expect(try await refusal(ofTokenFor: "a", requiring: "b", token: "Bearer x") == .invalidToken)
    }

    @Test(arguments: [" ", "a  b", " a", "a ", "\"", "\u{FFFD}"])
    func `where the site asks for what is no audience, nobody passes`(services: String) async throws {
        #expect(try await refusal(ofTokenFor: "", requiring: services) == .malformedRequirement)
    }

    @Test func `a registry and a store that cannot be read decide nothing`() async {
        registry.failure = .unavailable("clients")
        #expect(await refusal(of: good) == .unavailable(.unavailable("clients")))
        tokens.failure = .unavailable("tokens")
        #expect(await refusal(of: good) == .unavailable(.unavailable("tokens")))
        #expect(await refusal(of: nil) == .noCredentials)
    }
}
