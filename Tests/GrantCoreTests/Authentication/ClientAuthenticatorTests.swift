import Encoding
import Testing

@testable import GrantCore

/// RFC 6749 §2.3.
struct ClientAuthenticatorTests {
    private static let ended = StoredSecret(
        hash: SecretHash(ofGenerated: "ended"),
        createdAt: nil,
        expiresAt: Fixture.now
    )

    /// Requests that fail at different points, and the reason that the log hears.
    private static let failures: [(EndpointRequest, ClientRefusal)] = [
        (.form(authorization: basic("nobody:client-secret")), ClientRefusal(.unknownClient, claimed: "nobody")),
        (.form(authorization: basic("web-app:wrong")), ClientRefusal(.wrongSecret, claimed: "web-app")),
        (.form(authorization: basic("web-app:client-secret ")), ClientRefusal(.wrongSecret, claimed: "web-app")),
        (.form(authorization: basic("web-app:Client-Secret")), ClientRefusal(.wrongSecret, claimed: "web-app")),
        (.form(authorization: basic("Web-App:client-secret")), ClientRefusal(.unknownClient, claimed: "Web-App")),
        (.form(authorization: basic("web-app:ended")), ClientRefusal(.expiredSecret, claimed: "web-app")),
        (.form(authorization: basic("off:client-secret")), ClientRefusal(.disabledClient, claimed: "off")),
        (.form(authorization: basic("off:wrong")), ClientRefusal(.wrongSecret, claimed: "off")),
        (.form(authorization: basic("bare:client-secret")), ClientRefusal(.wrongSecret, claimed: "bare")),
        (.form(authorization: basic("slow:wrong")), ClientRefusal(.wrongSecret, claimed: "slow")),
        (.form(authorization: basic(":x")), ClientRefusal(.unknownClient, claimed: nil)),
    ]

    private static func fixture() -> Fixture {
        Fixture(
            .webApp { $0.secrets.append(ended) },
            .webApp { ($0.id, $0.isActive) = ("off", false) },
            .webApp { ($0.id, $0.secrets) = ("bare", []) },
            .webApp { ($0.id, $0.secrets) = ("slow", [StoredSecret(hash: .slow("client-secret"), createdAt: nil)]) }
        )
    }

    @Test(arguments: failures)
    func `the reason of a failure is for the log`(request: EndpointRequest, refusal: ClientRefusal) async {
        #expect(await Self.fixture().refusal(of: request) == .invalidClient(refusal))
    }

    @Test func `an unknown client, a wrong or ended secret and a disabled client get one answer`() async throws {
        var answers: Set<[String?]> = []
        for (request, _) in Self.failures {
            let error = try #require(await Self.fixture().refusal(of: request))
            #expect(error.isFailedAuthentication)
            let headers = [error.challenge(realm: "r"), error.allow, error.retryAfter.map(String.init)]
            answers.insert(["\(error.status)", error.json] + headers)
        }
        let json = #"{"error":"invalid_client","error_description":"client authentication failed"}"#
        #expect(answers == [["401", json, #"Basic realm="r", charset="UTF-8""#, nil, nil]])
    }

    @Test func `any secret that has not ended will do`() async throws {
        let end = Fixture.now.adding(seconds: 60)
        let fixture = Fixture(
            .webApp {
                $0.secrets = [
                    StoredSecret(hash: SecretHash(ofGenerated: "old"), createdAt: nil, expiresAt: end),
                    StoredSecret(hash: SecretHash(ofGenerated: "new"), createdAt: nil),
                ]
            }
        )
        for secret in ["old", "new"] {
            _ = try await fixture.respond(to: .form(authorization: basic("web-app:\(secret)")))
        }
        await #expect(fixture.reason(of: .form(authorization: basic("web-app:old")), at: end) == .expiredSecret)
        await #expect(fixture.refusal(of: .form(authorization: basic("web-app:new")), at: end) == nil)
    }

    @Test(arguments: [
        ("a:b", "c%d"), ("a+b", "c+d"), ("a b", "/ü&="), ("100%25", "%41"), ("客户", "密码:"),
    ])
    func `ids and secrets of any letters authenticate encoded and as they are`(id: String, secret: String) async throws
    {
        var client = Client(id: try #require(ClientID(id)))
        let hash = SecretHash(ofGenerated: try #require(ClientSecret(secret)))
        client.secrets = [StoredSecret(hash: hash, createdAt: nil)]
        let fixture = Fixture(client)
        func encoded(_ text: String) -> String {
            text.utf8.map { "%" + Hex.encode([$0]) }.joined()
        }
        _ = try await fixture.respond(to: .form(authorization: basic("\(encoded(id)):\(encoded(secret))")))
        let body = "grant_type=client_credentials&client_id=\(encoded(id))&client_secret=\(encoded(secret))"
        _ = try await fixture.respond(to: .form(body, authorization: nil))
        guard !id.contains(":") else { return }
        _ = try await fixture.respond(to: .form(authorization: basic("\(id):\(secret)")))
    }

    @Test func `an ended secret is the reason also where its raw reading is tried after it`() async {
        let fixture = Fixture(
            .webApp {
                $0.secrets = [
                    StoredSecret(hash: SecretHash(ofGenerated: "a b"), createdAt: nil, expiresAt: Fixture.now)
                ]
            }
        )
        #expect(await fixture.reason(of: .form(authorization: basic("web-app:a+b"))) == .expiredSecret)
    }

    @Test func `clients that cannot be read are no failed authentication`() async {
        let fixture = Self.fixture()
        fixture.registry.failure = .unavailable("open: EACCES")
        for authorization in [basic("web-app:client-secret"), basic("nobody:x")] {
            let error = await fixture.refusal(of: .form(authorization: authorization))
            #expect(error == .unavailable(.unavailable("open: EACCES")))
            #expect(error?.isFailedAuthentication == false)
        }
    }
}
