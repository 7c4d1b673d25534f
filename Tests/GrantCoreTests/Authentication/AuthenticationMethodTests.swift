import Testing

@testable import GrantCore

/// RFC 7591 §2, `token_endpoint_auth_method`.
struct AuthenticationMethodTests {
    private static let byBasic = EndpointRequest.form()
    private static let byForm = EndpointRequest.form(
        "grant_type=client_credentials&client_id=web-app&client_secret=client-secret",
        authorization: nil
    )
    private static let byJSON = EndpointRequest.json(
        #"{"client_id":"web-app","client_secret":"client-secret","grant_type":"client_credentials"}"#
    )

    @Test(arguments: [byBasic, byForm, byJSON])
    func `a client authenticates in whichever way it likes`(request: EndpointRequest) async throws {
        _ = try await Fixture(.webApp()).respond(to: request)
    }

    @Test(arguments: [
        (ClientAuthenticationMethod.basic, byBasic, true), (.basic, byForm, false), (.basic, byJSON, false),
        (.body, byBasic, false), (.body, byForm, true), (.body, byJSON, true),
    ])
    func `a client is held to the way that its file names`(
        method: ClientAuthenticationMethod,
        request: EndpointRequest,
        isTaken: Bool
    ) async {
        let error = await Fixture(.webApp { $0.authenticationMethod = method }).refusal(of: request)
        #expect(error == (isTaken ? nil : .invalidClient(ClientRefusal(.otherMethod, claimed: "web-app"))))
        #expect(error?.isFailedAuthentication != false)
    }

    @Test func `the way is told to nobody whose secret is wrong, nor of a client that is switched off`() async {
        let wrong = EndpointRequest.form(authorization: basic("web-app:wrong"))
        #expect(await Fixture(.webApp { $0.authenticationMethod = .body }).reason(of: wrong) == .wrongSecret)
        let isOff = Fixture(
            .webApp {
                $0.authenticationMethod = .body
                $0.isActive = false
            }
        )
        #expect(await isOff.reason(of: Self.byBasic) == .disabledClient)
    }

    @Test func `the ways have RFC 7591's names`() {
        #expect(
            ClientAuthenticationMethod.allCases.map(\.rawValue)
                == ["client_secret_basic", "client_secret_post", "private_key_jwt"]
        )
    }
}
