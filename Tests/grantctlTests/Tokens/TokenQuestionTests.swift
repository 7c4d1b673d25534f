import GrantCore
import Testing

@testable import grantctl

@Suite struct TokenQuestionTests {
    private func question(_ way: TokenQuestion.Way, _ credentials: TokenQuestion.Credentials) throws -> HTTPRequest {
        var question = TokenQuestion(
            client: try #require(ClientID("web")),
            credentials: credentials,
            scope: .none,
            way: way
        )
        (question.resources, question.audiences) = (["https://a", "https://b"], ["c"])
        return question.request(to: "https://example.com/token")
    }

    private static let type = "urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer"

    @Test func `A form repeats resource and audience, and has an assertion instead of an id and a secret`() throws {
        let request = try question(.form, .assertion("a.b.c"))
        let body = "grant_type=client_credentials&client_assertion_type=\(Self.type)&client_assertion=a.b.c"
        #expect(request.body == body + "&resource=https%3A%2F%2Fa&resource=https%3A%2F%2Fb&audience=c")
        #expect(!request.headers.contains { $0.name == "Authorization" })
        let basic = try question(.basic, .secret(#require(ClientSecret("secret"))))
        #expect(basic.headers.contains { $0.name == "Authorization" })
        #expect(
            basic.body == "grant_type=client_credentials&resource=https%3A%2F%2Fa&resource=https%3A%2F%2Fb&audience=c"
        )
    }

    @Test func `JSON has arrays of them`() throws {
        let body = try #require(try question(.json, .assertion("a.b.c")).body)
        #expect(body.contains(#""resource":["https://a","https://b"]"#) && body.contains(#""audience":["c"]"#))
        #expect(body.contains(#""client_assertion":"a.b.c""#) && !body.contains("client_secret"))
    }
}
