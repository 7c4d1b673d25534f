import Testing

@testable import grantctl

@Suite struct WebTests {
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

    @Test func `an answer's heads and body are told apart`() throws {
        let text = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 401 Unauthorized\r\nA: 1\r\na: 2\r\n\r\n{\"error\":\"x\"}"
        let answer = try #require(WebAnswer(text))
        #expect(answer.status == 401 && answer.headers == ["a": "1, 2"] && answer.json.string("error") == "x")
        #expect(WebAnswer("SSH-2.0-x\r\n") == nil)
    }

    @Test func `a redirection's query is not shown`() {
        let answer = WebAnswer(302, ["location": "https://example.com/login?token=secret#x"])
        #expect(answer.isRedirect && answer.target == "https://example.com/login")
    }

    @Test func `curl's option file takes any value`() {
        #expect(CurlAsker.quoted("a\"b\\c\r\nd\te") == #""a\"b\\c\r\nd\te""#)
    }

    @Test(
        arguments: [
            (6, "x", WebFailure.unknownHost), (7, "x", .refused), (28, "x", .noAnswer), (52, "x", .noAnswer),
            (35, "curl: (35) wrong version", .handshake("(35) wrong version")),
            (60, "expired", .certificate("expired")),
            (77, "no file", .authority("no file")), (3, "x", .other("x")),
        ] as [(Int32, String, WebFailure)]
    )
    func `curl's statuses are understood`(status: Int32, message: String, failure: WebFailure) {
        #expect(CurlAsker.failure(status, message) == failure)
    }

    @Test func `a form is encoded`() {
        #expect(WebRequest.form("https://a/", [("a b", "ü&=")]).body == "a%20b=%C3%BC%26%3D")
    }

    @Test func `a path that needs a token may have scopes`() {
        #expect(ProtectedPlace(argument: "/orders/ a b")?.scopes == ["a", "b"])
        #expect(ProtectedPlace(argument: "/orders/")?.scopes == nil)
        #expect(ProtectedPlace(argument: "orders") == nil && ProtectedPlace(argument: "/a?b") == nil)
    }
}
