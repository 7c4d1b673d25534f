import Encoding
import JOSE
import Testing

@testable import GrantCore

/// An assertion that is good in one more way.
struct GoodAssertion: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let change: @Sendable (inout AssertionDraft) -> Void

    init(_ name: String, _ change: @escaping @Sendable (inout AssertionDraft) -> Void) {
        testDescription = name
        self.change = change
    }
}

/// RFC 7523 §2.2 and §3: what authenticates a client, and what comes of it.
struct AssertionTests {
    private static let now = Fixture.now.seconds
    private static let issuer = AssertionDraft.issuer

    private static let good: [GoodAssertion] = [
        GoodAssertion("as it is") { _ in },
        GoodAssertion("typ JWT") { $0.header["typ"] = #""JWT""# },
        GoodAssertion("typ in small letters") { $0.header["typ"] = #""jwt""# },
        GoodAssertion("typ as a whole media type") { $0.header["typ"] = #""application/JWT""# },
        GoodAssertion("typ of RFC 7523's revision") { $0.header["typ"] = #""client-authentication+jwt""# },
        GoodAssertion("the token endpoint as audience") { $0.claims["aud"] = #""\#(issuer)/token""# },
        GoodAssertion("an array of one audience") { $0.claims["aud"] = #"["\#(issuer)"]"# },
        GoodAssertion("an array of the token endpoint") { $0.claims["aud"] = #"["\#(issuer)/token"]"# },
        GoodAssertion("the issuer, of a client that is held to it") { $0.client.assertions.areForIssuerOnly = true },
        GoodAssertion("a client_id beside it") { $0.beside = "&client_id=web-app" },
        GoodAssertion("five minutes and the leeway") { $0.claims["exp"] = "\(now + 310)" },
        GoodAssertion("a second") { $0.claims["exp"] = "\(now + 1)" },
        GoodAssertion("a fraction of exp") { $0.claims["exp"] = "\(now + 60).75" },
        GoodAssertion("exp with an exponent") { $0.claims["exp"] = "18000000600e-1" },
        GoodAssertion("iat") { $0.claims["iat"] = "\(now)" },
        GoodAssertion("iat five minutes ago") { $0.claims["iat"] = "\(now - 310)" },
        GoodAssertion("iat and nbf ten seconds ahead, as FAPI 2.0 asks for") { draft in
            (draft.claims["iat"], draft.claims["nbf"]) = ("\(now + 10)", "\(now + 10)")
        },
        GoodAssertion("nbf that has come") { $0.claims["nbf"] = "\(now - 4_000)" },
        GoodAssertion("claims and members that are not known") { draft in
            draft.claims["x"] = #"{"a":[1,null]}"#
            draft.header["x"] = "1"
        },
        GoodAssertion("an hour, of a client that may have it") { draft in
            draft.claims["exp"] = "\(now + 3600)"
            draft.client.assertions.longestLifetime = 3600
        },
        GoodAssertion("no kid where one key fits") { draft in
            draft.header["kid"] = nil
            let other = TestKeys.named("second", TestKeys.own(.rs256), for: .rs256)
            draft.client.keys = JWKSet(publishing: [other] + (draft.client.keys?.keys ?? []))
        },
        GoodAssertion("a key that has no name") { draft in
            draft.header["kid"] = nil
            draft.client.keys = JWKSet(publishing: [TestKeys.named(nil, TestKeys.own(), for: nil)])
        },
        GoodAssertion("a key that names no algorithm") {
            $0.client.keys = JWKSet(publishing: [TestKeys.named("first", TestKeys.own(), for: nil)])
        },
        GoodAssertion("a client that is held to no way") { $0.client.authenticationMethod = nil },
        GoodAssertion("a client that is held to the algorithm") { $0.client.assertions.algorithm = .es256 },
        GoodAssertion("an id and a jti of any letters") { draft in
            let id = "客户:a/b?\u{1F511}"
            (draft.claims["iss"], draft.claims["sub"], draft.claims["jti"]) = ("\"\(id)\"", "\"\(id)\"", "\"\(id)\"")
            draft.client.id = ClientID(id) ?? draft.client.id
        },
        GoodAssertion("a jti of 255 bytes") { $0.claims["jti"] = "\"\(String(repeating: "x", count: 255))\"" },
        GoodAssertion("a stray bearer token, and white space in the JSON") {
            $0.wholePayload = """
                { "iss":"web-app" , "sub" : "web-app", "aud":"\(issuer)",\n "jti":"x", "exp":\(now + 60)}\n
                """
        },
    ]

    @Test(arguments: good)
    func `a good assertion authenticates its client`(row: GoodAssertion) async throws {
        let draft = AssertionDraft(row.change)
        let fixture = Fixture(draft.client)
        var request = draft.form
        request.authorization = "Bearer left-over"
        #expect(try await fixture.respond(to: request).grant.clientID == draft.client.id)
        #expect(fixture.assertions.uses == 1)
    }

    @Test(arguments: Algorithm.allCases)
    func `each algorithm that is offered authenticates by its key, and by no other`(algorithm: Algorithm) async throws {
        func draft(_ key: PublicKey) -> AssertionDraft {
            AssertionDraft {
                $0.header["alg"] = "\"\(algorithm.rawValue)\""
                $0.key = TestKeys.own(algorithm)
                $0.client.keys = JWKSet(publishing: [key])
            }
        }
        for named in [nil, algorithm] {
            let draft = draft(TestKeys.named("first", TestKeys.own(algorithm), for: named))
            _ = try await Fixture(draft.client).respond(to: draft.form)
        }
        for other in Algorithm.allCases where other != algorithm {
            let draft = draft(TestKeys.named("first", TestKeys.own(other), for: other))
            let refusal = await Fixture(draft.client).refusal(of: draft.form)
            #expect(refusal == .invalidClient(ClientRefusal(ofAssertion: .key(.otherAlgorithm), claimed: "web-app")))
        }
    }

    @Test func `JSON has the same members`() async throws {
        let fixture = Fixture(.byKey())
        let members = """
            "grant_type":"client_credentials","client_assertion_type":"\(ClientAssertion.type)",\
            "client_assertion":"\(AssertionDraft().assertion)"
            """
        _ = try await fixture.respond(to: .json("{\(members)}"))
        await #expect(fixture.reason(of: .json("{\(members),\"client_id\":\"web-app\"}")) == .usedAssertion)
        await #expect(
            fixture.refusal(of: .json("{\(members),\"client_assertion\":\"x\"}"))
                == .invalidRequest("client_assertion is repeated")
        )
        await #expect(
            fixture.refusal(of: .json(#"{"grant_type":"client_credentials","client_assertion":["x"]}"#))
                == .invalidRequest("client_assertion is not a string")
        )
        await #expect(
            fixture.refusal(of: .json("{\(members),\"client_secret\":\"x\"}"))
                == .invalidRequest("client_assertion and client_secret are used together")
        )
    }

    @Test(arguments: [
        ("&client_assertion=x", "client_assertion is repeated"),
        ("&client_assertion_type=x", "client_assertion_type is repeated"),
        ("&client_secret=x&client_id=web-app", "client_assertion and client_secret are used together"),
        ("&client_id=a&client_id=a", "client_id is repeated"),
    ])
    func `a malformed request uses nothing up, and is no failure`(beside: String, description: String) async throws {
        let fixture = Fixture(.byKey(), failureLimit: 1)
        let refusal = await fixture.refusal(of: AssertionDraft { $0.beside = beside }.form)
        #expect(refusal == .invalidRequest(description))
        _ = try await fixture.respond(to: AssertionDraft().form)
    }

    @Test(arguments: ["client_assertion=x", "client_assertion_type=x", "client%5Fassertion=x"])
    func `an assertion is not taken from the URI`(query: String) async {
        var request = AssertionDraft().form
        request.query = query
        let refusal = await Fixture(.byKey()).refusal(of: request)
        #expect(refusal?.code == "invalid_request" && refusal?.description.contains("is in the URI") == true)
    }

    @Test func `a client that is held to its key is not let in by a secret, nor one that is held to a secret by a key`()
        async
    {
        var client = Client.webApp()
        client.keys = Client.byKey().keys
        for method in ClientAuthenticationMethod.allCases {
            client.authenticationMethod = method
            let fixture = Fixture(client)
            #expect(await (fixture.refusal(of: .form()) == nil) == (method == .basic))
            #expect(await (fixture.refusal(of: AssertionDraft().form) == nil) == (method == .privateKeyJWT))
        }
    }

    @Test func `of two clients each may use the same jti, and a name has one reading`() async throws {
        var other = AssertionDraft()
        (other.claims["iss"], other.claims["sub"]) = (#""web""#, #""web""#)
        other.client.id = "web"
        let fixture = Fixture(.byKey(), other.client)
        _ = try await fixture.respond(to: AssertionDraft().form)
        _ = try await fixture.respond(to: other.form)
        #expect(AssertionName(client: "web", jti: "-apponce") != AssertionName(client: "web-app", jti: "once"))
        #expect(AssertionName(client: "web", jti: "e\u{301}") != AssertionName(client: "web", jti: "\u{E9}"))
    }

    @Test func `a use is kept until the assertion ends on any clock`() async throws {
        let fixture = Fixture(.byKey())
        _ = try await fixture.respond(to: AssertionDraft { $0.claims["exp"] = "\(Self.now + 60).5" }.form)
        let name = AssertionName(client: "web-app", jti: "once")
        #expect(fixture.assertions.ends == [name: Fixture.now.adding(seconds: 70)])
    }

    @Test func `where it cannot be told whether an assertion was used, there is no token, and no failure`() async throws
    {
        let fixture = Fixture(.byKey(), failureLimit: 1)
        for failure in [StorageError.full("ENOSPC"), .unavailable("EIO"), .syncFailed("EIO")] {
            fixture.assertions.failure = failure
            let refusal = await fixture.refusal(of: AssertionDraft().form)
            #expect(refusal == .unavailable(failure) && refusal?.status == 503)
        }
        fixture.assertions.failure = nil
        _ = try await fixture.respond(to: AssertionDraft().form)
        #expect(fixture.tokens.records.count == 1)
    }

    @Test func `clients that cannot be read are no failure, and use nothing up`() async {
        let fixture = Fixture(.byKey(), failureLimit: 1)
        fixture.registry.failure = .unavailable("open: EACCES")
        #expect(await fixture.refusal(of: AssertionDraft().form) == .unavailable(.unavailable("open: EACCES")))
        #expect(fixture.assertions.uses == 0 && fixture.counts.records.isEmpty)
    }

    @Test func `what is asked for beside it is looked at once the client is known`() async {
        let draft = AssertionDraft { $0.beside = "&scope=x" }
        #expect(await Fixture(.byKey()).refusal(of: draft.form) == .invalidScope("web-app", .notAllowed(word: "x")))
        let foreign = AssertionDraft {
            $0.beside = "&scope=x"
            $0.key = TestKeys.foreign
        }
        #expect(await Fixture(.byKey()).reason(of: foreign.form) == .invalidAssertion)
    }

    @Test(arguments: ["introspect", "revoke"])
    func `the other endpoints take assertions, each once`(endpoint: String) async throws {
        let fixture = Fixture(.byKey())
        let token = try fixture.tokens.issue(Grant(clientID: "web-app", scope: .none), at: Fixture.now, lifetime: 60)
        let request = AssertionDraft { $0.beside = "&token=\(token.exposedValue)" }.form
        let verifier = TokenVerifier(registry: fixture.registry, tokens: fixture.tokens)
        func ask() async throws(OAuthError) {
            if endpoint == "revoke" {
                let endpoint = RevocationEndpoint(authenticator: fixture.authenticator, tokens: fixture.tokens)
                _ = try await endpoint.respond(to: request, at: Fixture.now)
            } else {
                let endpoint = IntrospectionEndpoint(
                    authenticator: fixture.authenticator,
                    verifier: verifier,
                    issuer: nil
                )
                let answer = try await endpoint.respond(to: request, at: Fixture.now)
                #expect(answer.record?.grant.clientID == "web-app")
            }
        }
        try await ask()
        await #expect(throws: OAuthError.invalidClient(ClientRefusal(ofAssertion: .used, claimed: "web-app"))) {
            try await ask()
        }
    }
}
