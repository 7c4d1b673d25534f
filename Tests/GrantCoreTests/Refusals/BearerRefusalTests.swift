import GrantCore
import Testing

/// RFC 6750 §3 and §3.1.
struct BearerRefusalTests {
    private static let refusals: [(BearerRefusal, status: Int, challenge: String?)] = [
        (.noCredentials, 401, #"Bearer realm="site""#),
        (
            .malformedRequest, 401,
            #"Bearer realm="site", error="invalid_request", "#
                + #"error_description="the Authorization header is not Bearer and a token""#
        ),
        (
            .invalidToken, 401,
            #"Bearer realm="site", error="invalid_token", error_description="the token is unknown, expired or revoked: get a new one""#
        ),
        (
            .insecureTransport, 403,
            #"Bearer realm="site", error="invalid_request", error_description="tokens are taken over TLS only""#
        ),
        (
            .insufficientScope("read orders.write", client: "web-app"), 403,
            #"Bearer realm="site", error="insufficient_scope", "#
                + #"error_description="the token lacks a scope that this needs", scope="read orders.write""#
        ),
        (
            .malformedRequirement, 403,
            #"Bearer realm="site", error="insufficient_scope", "#
                + #"error_description="the site asks for something that is not a scope or an audience""#
        ),
        (
            .missingRequirement, 403,
            #"Bearer realm="site", error="insufficient_scope", "#
                + #"error_description="the site does not say which scope it asks for""#
        ),
        (.unavailable(.unavailable("open: EACCES")), 503, nil),
        (.unavailable(.syncFailed("fdatasync: EIO")), 503, nil),
    ]

    @Test(arguments: refusals)
    func `every refusal has its status and its challenge`(refusal: BearerRefusal, status: Int, challenge: String?) {
        #expect(refusal.status == status)
        #expect(refusal.challenge(realm: "site") == challenge)
    }

    @Test(arguments: refusals)
    func `whatever was decided is a 401 or a 403, which auth_request passes on`(
        refusal: BearerRefusal,
        status: Int,
        challenge: String?
    ) {
        #expect([401, 403].contains(refusal.status) == (challenge != nil))
    }

    @Test(arguments: refusals)
    func `no challenge names a client`(refusal: BearerRefusal, status: Int, challenge: String?) {
        #expect(refusal.challenge(realm: "site")?.contains("web-app") != true)
    }

    @Test(
        arguments: [
            (.noCredentials, #"{"error_description":"no bearer token: send Authorization: Bearer TOKEN"}"#),
            (
                .malformedRequest,
                #"{"error":"invalid_request","error_description":"the Authorization header is not Bearer and a token"}"#
            ),
            (.insecureTransport, #"{"error":"invalid_request","error_description":"tokens are taken over TLS only"}"#),
            (
                .insufficientScope("read", client: "web-app"),
                #"{"error":"insufficient_scope","error_description":"the token lacks a scope that this needs"}"#
            ),
            (
                .unavailable(.unavailable("open: EACCES")),
                #"{"error":"temporarily_unavailable","error_description":"tokens cannot be checked now, try again later"}"#
            ),
        ] as [(BearerRefusal, String)]
    )
    func `its body says the same, and nothing of the store`(refusal: BearerRefusal, json: String) {
        #expect(refusal.json == json)
    }

    @Test func `a scope's characters need no escape in a challenge`() throws {
        let words = String((UInt8(0x21)...0x7E).filter { $0 != 0x22 && $0 != 0x5C }.map { Character(.init($0)) })
        let scope = try #require(Scope(words))
        let challenge = BearerRefusal.insufficientScope(scope, client: "web-app").challenge(realm: "site")
        #expect(challenge?.hasSuffix(#"scope="\#(words)""#) == true)
    }
}
