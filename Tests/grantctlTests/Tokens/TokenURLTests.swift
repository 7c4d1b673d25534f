import Testing

@testable import grantctl

@Suite struct TokenURLTests {
    @Test(arguments: [
        ("https://example.com/oauth2", "https://example.com/oauth2/token"),
        ("https://example.com/oauth2/", "https://example.com/oauth2/token"),
        ("https://example.com/oauth2/token", "https://example.com/oauth2/token"),
        ("https://example.com/oauth2/token/", "https://example.com/oauth2/token"),
        ("https://example.com", "https://example.com/token"), ("HTTPS://example.com", "HTTPS://example.com/token"),
        ("http://localhost:8888/a", "http://localhost:8888/a/token"), ("http://127.1.2.3", "http://127.1.2.3/token"),
        ("http://[::1]:80/a", "http://[::1]:80/a/token"),
        ("https://example.com/my-token", "https://example.com/my-token/token"),
    ])
    func `An issuer's URL becomes the token endpoint's`(given: String, text: String) throws {
        #expect(try TokenURL(given).text == text)
    }

    @Test(arguments: [
        ("example.com/oauth2", TokenURL.Fault.noScheme), ("", .noScheme), ("ftp://a", .noScheme),
        ("https://", .malformed),
        ("https:///oauth2", .malformed), ("https://:443/", .malformed), ("https://a/b c", .malformed),
        ("https://a/\n", .malformed), ("https://ä/", .malformed), ("https://a/\"", .malformed),
        ("https://a/`id`", .malformed), ("https://a:b@c/", .hasCredentials), ("https://a/?b", .hasQuery),
        ("https://a/#b", .hasQuery), ("http://example.com/", .plaintext), ("http://127.0.0.1.example.com", .plaintext),
        ("HTTP://10.0.0.1", .plaintext), ("http://localhost.example.com", .plaintext),
        ("http://[::1].example.com", .plaintext),
    ])
    func `What cannot be asked safely is refused`(given: String, fault: TokenURL.Fault) {
        #expect(throws: fault) { try TokenURL(given) }
    }

    @Test func `Plaintext is taken if that is allowed`() throws {
        #expect(try TokenURL("http://10.0.0.1/a", allowsPlaintext: true).text == "http://10.0.0.1/a/token")
    }
}
