import Testing

@testable import GrantCore

/// RFC 8707 §2, and `audience` as Auth0, Hydra and Keycloak have it.
struct AudienceRequestTests {
    private static let api = "https://api.example.com"

    private let fixture = Fixture(
        .webApp {
            $0.audiences = Audience([api, "\(api)/", "orders", "invoices"]) ?? .none
            $0.defaultAudience = Audience(["orders"]) ?? .none
        },
        .webApp { $0.id = "none" },
        .webApp {
            $0.id = "bare"
            $0.audiences = Audience(["orders"]) ?? .none
        }
    )

    private func refusal(_ beside: String, by id: String = "web-app") async -> OAuthError? {
        let request = EndpointRequest.form(
            "grant_type=client_credentials\(beside)",
            authorization: basic("\(id):client-secret")
        )
        return await fixture.refusal(of: request)
    }

    @Test(arguments: [
        ("", ["orders"]), ("&resource=&audience=", ["orders"]), ("&audience=invoices", ["invoices"]),
        ("&resource=https://api.example.com", [api]), ("&resource=https%3A%2F%2Fapi.example.com%2F", ["\(api)/"]),
        ("&audience=invoices&audience=orders", ["invoices", "orders"]),
        ("&audience=orders&audience=orders", ["orders"]),
        ("&audience=orders&resource=https://api.example.com&audience=invoices", [api, "orders", "invoices"]),
        ("&resource=https://api.example.com&resource=https://api.example.com/", [api, "\(api)/"]),
        ("&audience=https://api.example.com", [api]), ("&audience=orders&resource=", ["orders"]),
    ])
    func `a token is for what was asked for, by either name, and else for the default`(beside: String, names: [String])
        async throws
    {
        let response = try await fixture.respond(to: .form("grant_type=client_credentials\(beside)"))
        #expect(response.grant.audience.names == names)
        #expect(try fixture.tokens.find(response.token, at: Fixture.now)?.grant.audience.names == names)
        #expect(!response.text.contains("aud"))
    }

    @Test(arguments: [
        (#""audience":"invoices""#, ["invoices"]), (#""audience":["invoices","orders"]"#, ["invoices", "orders"]),
        (#""resource":["\#(api)"],"audience":"orders""#, [api, "orders"]), (#""audience":[]"#, ["orders"]),
        (#""audience":null,"resource":null"#, ["orders"]), (#""audience":[ "" , "invoices" ]"#, ["invoices"]),
        (#""resource":"""#, ["orders"]),
    ])
    func `in JSON it is a string or an array of strings`(members: String, names: [String]) async throws {
        let credentials = #""client_id":"web-app","client_secret":"client-secret""#
        let response = try await fixture.respond(
            to: .json(#"{"grant_type":"client_credentials",\#(credentials),\#(members)}"#)
        )
        #expect(response.grant.audience.names == names)
    }

    @Test(arguments: [
        (#""audience":1"#, "audience is not a string"), (#""audience":{}"#, "audience is not a string"),
        (#""audience":[1]"#, "audience is not a string or an array of strings"),
        (#""resource":[null]"#, "resource is not a string or an array of strings"),
        (#""resource":[["a:b"]]"#, "resource is not a string or an array of strings"),
        (#""audience":["orders""#, "the body is not well-formed JSON"),
        (#""audience":["orders",]"#, "audience is not a string or an array of strings"),
        (#""audience":["orders" "orders"]"#, "the body is not well-formed JSON"),
        (#""audience":"orders","audience":"orders""#, "audience is repeated"),
        (#""audience":["orders"],"audi\u0065nce":[]"#, "audience is repeated"),
        (#""resource":null,"resource":"a:b""#, "resource is repeated"),
        (#""scope":["orders"]"#, "scope is not a string"), (#""client_id":["web-app"]"#, "client_id is not a string"),
    ])
    func `and nothing else, nor a member that is repeated`(members: String, description: String) async {
        let request = EndpointRequest.json(#"{"grant_type":"client_credentials",\#(members)}"#)
        #expect(await fixture.refusal(of: request) == .invalidRequest(description))
    }

    @Test(arguments: [
        ("&audience=other", AudienceFault.notAllowed(name: "other")),
        ("&audience=orders&audience=other", .notAllowed(name: "other")),
        ("&audience=Orders", .notAllowed(name: "Orders")),
        ("&resource=https://api.example.com/orders", .notAllowed(name: "\(api)/orders")),
        ("&resource=https://API.example.com", .notAllowed(name: "https://API.example.com")),
        ("&resource=orders", .notResource), ("&resource=/orders", .notResource),
        ("&resource=https://api.example.com%23", .notResource),
        ("&resource=https://api.example.com&resource=orders", .notResource), ("&resource=a%20b:c", .notResource),
        ("&audience=a+b", .malformed), ("&audience=%22", .malformed), ("&audience=%C3%A9", .malformed),
        ("&audience=\(String(repeating: "a", count: 513))", .malformed),
    ])
    func `what the client may not have tokens for is an invalid target`(beside: String, fault: AudienceFault) async {
        let refusal = await refusal(beside)
        #expect(refusal == .invalidTarget("web-app", fault))
        #expect(refusal?.status == 400 && refusal?.code == "invalid_target")
        #expect(refusal?.challenge(realm: "r") == nil && refusal?.isFailedAuthentication == false)
        #expect(fixture.tokens.records.isEmpty)
    }

    @Test func `a client without a list may have tokens for no service, and one without a default need not ask`() async
    {
        #expect(await refusal("&audience=orders", by: "none") == .invalidTarget("none", .notAllowed(name: "orders")))
        #expect(await refusal("", by: "none") == nil)
        #expect(await refusal("", by: "bare") == nil)
        #expect(fixture.tokens.records.values.allSatisfy { $0.grant.audience.isEmpty })
    }

    @Test func `33 names are too many, and none of them is looked at`() async {
        let many = (0..<17).map { "&resource=x:\($0)&audience=a\($0)" }.joined()
        #expect(await refusal(many) == .invalidRequest("resource is repeated too often"))
        #expect(fixture.registry.lookups.isEmpty)
    }

    @Test func `nobody learns of audiences before its client has authenticated`() async {
        let request = EndpointRequest.form(
            "grant_type=client_credentials&audience=other",
            authorization: basic("web-app:wrong")
        )
        #expect(await fixture.reason(of: request) == .wrongSecret)
    }

    @Test(arguments: [("resource=x", "resource"), ("audience=x", "audience")])
    func `it is not taken from the URI`(query: String, name: String) async {
        var request = EndpointRequest.form()
        request.query = query
        #expect(
            await fixture.refusal(of: request) == .invalidRequest("\(name) is in the URI: send it in the body")
        )
    }

    @Test func `introspection tells it`() async throws {
        for (names, json) in [([], nil), (["a"], #""aud":"a""#), (["a", "b"], #""aud":["a","b"]"#)]
            as [([String], String?)]
        {
            let grant = Grant(clientID: "web-app", scope: .none, audience: try #require(Audience(names)))
            let token = try fixture.tokens.issue(grant, at: Fixture.now, lifetime: 60)
            let verifier = TokenVerifier(registry: fixture.registry, tokens: fixture.tokens)
            let endpoint = IntrospectionEndpoint(authenticator: fixture.authenticator, verifier: verifier, issuer: nil)
            let answer = try await endpoint.respond(to: .form("token=\(token.exposedValue)"), at: Fixture.now).json
            #expect(json.map { answer.contains($0) } ?? !answer.contains("aud"))
        }
    }
}
