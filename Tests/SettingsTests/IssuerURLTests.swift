import Testing

@testable import Settings

@Suite struct IssuerURLTests {
    @Test(arguments: [
        "https://example.com/oauth2", "https://example.com", "https://example.com:8443/a/b", "https://[2001:db8::1]/o",
        "http://localhost:8888/oauth2", "http://127.0.0.1:8888/oauth2", "http://127.1.2.3", "http://[::1]:80/oauth2",
        "https://example.com/t%C3%A9/~x", "https://xn--bcher-kva.example/oauth2",
    ])
    func `One spelling of an https URL, or of http on a loopback host, is an issuer`(url: String) {
        #expect(IssuerURL.isValid(url))
    }

    @Test(arguments: [
        "", "example.com/oauth2", "ftp://example.com", "HTTPS://example.com", "https://", "https:///oauth2",
        "https://example.com/", "https://example.com/oauth2/", "https://example.com//oauth2", "https://a..b/x",
        "https://example.com/oauth2?x=1", "https://example.com/oauth2#x", "https://example.com?x", "https://a@b.org",
        "https://example.com:0/x", "https://example.com:65536/x", "https://example.com:/x", "https://example.com:080",
        "https://example.com/a b", "https://example.com/%zz", "https://example.com/%4", "https://example.com/../x",
        "https://example.com/.", "https://bücher.example", "https://[::1", "https://[]", "https://example.com/\n",
        "http://example.com/oauth2", "http://127.0.0.1.example.com", "http://localhost.example.com",
        "http://127.0.0.256", "http://[::2]/oauth2", "http://localhost@example.com", "http://127.0.0.1@example.com/x",
    ])
    func `Anything else is not`(url: String) {
        #expect(!IssuerURL.isValid(url))
    }
}
