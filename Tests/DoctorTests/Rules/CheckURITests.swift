import Testing

@testable import Doctor

@Suite struct CheckURITests {
    @Test(arguments: [
        ("oauth2-check/", CheckURI.check(prefix: "oauth2", scopes: "")),
        ("oauth2-check/a b", .check(prefix: "oauth2", scopes: "a b")),
        ("oauth2-check/a?b=c", .check(prefix: "oauth2", scopes: "a")),
        ("api/v1/auth-check/a", .check(prefix: "api/v1/auth", scopes: "a")),
        ("login-check/a", .check(prefix: "login", scopes: "a")), ("/oauth2-check/a", .withSlash("/oauth2-check/a")),
        ("/oauth2/check", .withSlash("/oauth2/check")), ("/oauth2/check?scope=a", .withSlash("/oauth2/check?scope=a")),
        ("/oauth2-check", .withSlash("/oauth2-check")), ("/api/v1/auth/check", .withSlash("/api/v1/auth/check")),
        ("oauth-check/a", .misspelt("oauth-check/a")), ("oauth2_check/a", .misspelt("oauth2_check/a")),
        ("oauth2-check", .misspelt("oauth2-check")), ("oauth2-chek/a", .misspelt("oauth2-chek/a")),
        ("/oauth2-chek/a", .misspelt("/oauth2-chek/a")), ("oauth2check/a", .misspelt("oauth2check/a")),
        ("OAuth2-check/a", .misspelt("OAuth2-check/a")), ("check", .misspelt("check")), ("off", .other),
        ("/oauth2/auth", .other), ("/auth", .other), ("/_validate", .other), ("/outpost.goauthentik.io/auth", .other),
    ])
    func `what an auth_request asks`(uri: String, expected: CheckURI) {
        #expect(CheckURI(uri, prefixes: ["api/v1/auth"]) == expected)
    }
}
