import Testing

@testable import grantctl

@Suite struct MountURLTests {
    @Test(arguments: [
        ("https://example.com/oauth2", "https://example.com/oauth2"),
        ("https://example.com/oauth2/", "https://example.com/oauth2"),
        ("http://[::1]:8080/a/b", "http://[::1]:8080/a/b"), ("HTTPS://example.com", "https://example.com"),
    ])
    func `a URL of a mount is read`(text: String, read: String) {
        #expect(MountURL(text)?.description == read)
    }

    @Test(arguments: [
        "", "example.com", "ftp://example.com/", "https://", "https:///oauth2", "https://me:secret@example.com/",
        "https://example.com/?a", "https://example.com/#a", "https://example.com:x/", "https://exa mple.com/",
        "https://example.com/\"", "https://example.com/\n", "https://:443/",
    ])
    func `anything else is refused`(text: String) {
        #expect(MountURL(text) == nil)
    }

    @Test func `the host is told from its port`() {
        #expect(MountURL("https://[::1]:8443/a")?.host == "[::1]")
        #expect(MountURL("https://example.com:8443/a")?.host == "example.com")
        #expect(MountURL("http://127.0.0.1:1/a")?.isLoopback == true)
        #expect(MountURL("http://127.example.com/a")?.isLoopback == false)
    }

    @Test func `a path that needs a token may have scopes`() {
        #expect(ProtectedPlace(argument: "/orders/ a b")?.scopes == ["a", "b"])
        #expect(ProtectedPlace(argument: "/orders/")?.scopes == nil)
        #expect(ProtectedPlace(argument: "orders") == nil && ProtectedPlace(argument: "/a?b") == nil)
    }
}
