import GrantCore
import Testing

@testable import grantctl

@Suite struct NextStepsTests {
    private func steps(
        _ id: String = "orders",
        scope: String = "",
        method: ClientAuthenticationMethod? = nil,
        issuer: String? = "https://example.com/api/v1/auth"
    ) throws -> String {
        var client = Client(id: try #require(ClientID(id)))
        client.scope = try #require(Scope(scope))
        client.authenticationMethod = method
        return NextSteps(client: client, issuer: issuer).text
    }

    @Test func `The issuer's URL and path are in the lines, and the scope`() throws {
        let text = try steps(scope: "orders:read orders:write")
        #expect(
            text.contains(
                "    curl -u orders -d grant_type=client_credentials https://example.com/api/v1/auth/token\n"
            )
        )
        #expect(text.contains(#"auth_request "api/v1/auth-check/orders:read orders:write";"#))
        #expect(!text.contains("GRANTD_ISSUER"))
    }

    @Test func `Without an issuer there is a placeholder, and the setting is named`() throws {
        let text = try steps(issuer: nil)
        #expect(text.contains(" https://SITE/oauth2/token\n") && text.contains("set GRANTD_ISSUER"))
        #expect(text.contains(#"auth_request "oauth2-check/";"#))
        #expect(try steps(issuer: "https://auth.example.com").contains(#""oauth2-check/""#))
    }

    @Test func `A client that signs assertions is shown how, and a location its audience`() throws {
        var client = Client(id: try #require(ClientID("orders")))
        client.authenticationMethod = .privateKeyJWT
        client.audiences = try #require(Audience(["https://api.example.com/orders"]))
        client.defaultAudience = client.audiences
        let text = NextSteps(client: client, issuer: "https://example.com/oauth2").text
        #expect(text.contains("private_key_jwt") && !text.contains("curl"))
        #expect(
            text.contains("    grantctl token request https://example.com/oauth2 --client orders --key PRIVATE-KEY.pem")
        )
        #expect(
            text.contains("{\n        set $oauth_audience \"https://api.example.com/orders\";\n        auth_request")
        )
        #expect(NextSteps(client: client, issuer: nil).text.contains("No assertion is taken before GRANTD_ISSUER"))
    }

    @Test(arguments: [
        ("a b", "-u 'a b' "), ("it's", #"-u 'it'\''s' "#), ("$(id)", "-u '$(id)' "), ("-x", "-u -x "),
        ("jörg", "-u 'jörg' "),
    ])
    func `Ids are quoted for the shell`(id: String, words: String) throws {
        #expect(try steps(id).contains("curl \(words)"))
    }

    @Test func `curl does not take a part of the id for the secret`() throws {
        #expect(try steps("a:b", method: .basic).contains("curl -u a%3Ab "))
        let body = "--data-urlencode client_id=a:b --data-urlencode client_secret@- "
        #expect(try steps("a:b").contains(body))
        #expect(try steps("a:b", method: .body).contains(body))
        #expect(try !steps("ab", method: .body).contains(" -u "))
    }
}
