import GrantCore
import Testing

@testable import grantctl

@Suite("What curl is told, and what it answers")
struct CurlTests {
    @Test("Values are quoted so that none becomes another option")
    func quoting() throws(HTTPFailure) {
        let text = try Curl().configuration(
            of: HTTPRequest(
                "POST",
                "http://127.0.0.1/a\"\nproxy = \"b",
                [("X-Empty", ""), ("X-Backslash", "\\n")],
                body: "@file\r\n\u{B}\t\\"
            )
        )
        let lines = text.split(separator: "\n")
        #expect(lines.contains(#"url = "http://127.0.0.1/a\"\nproxy = \"b""#))
        #expect(lines.contains(#"header = "X-Empty;""#))
        #expect(lines.contains(#"header = "X-Backslash: \\n""#))
        #expect(lines.contains(#"data-raw = "@file\r\n\v\t\\""#))
        #expect(lines.contains(#"request = "POST""#))
        #expect(!lines.contains { $0.hasPrefix("proxy") || $0.hasPrefix("location") })
    }

    @Test("A header with a line end, and a body with a NUL, are not sent", arguments: ["a\nb", "a\rb", "a\0b"])
    func unsendable(value: String) {
        #expect(throws: HTTPFailure.unsendable) {
            try Curl().configuration(of: HTTPRequest("GET", "http://127.0.0.1/", [("X", value)]))
        }
        #expect(throws: HTTPFailure.unsendable) {
            try Curl().configuration(of: HTTPRequest("GET", "http://127.0.0.1/", body: "a\0b"))
        }
    }

    @Test("The answer is the last block of headers and what follows it")
    func answer() throws {
        let text =
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 429 \r\nRetry-After:  7 \r\nContent-Type: Application/JSON; a=b\r\ncontent-type: c\r\n\r\n{}\r\n\r\n"
        let response = try #require(HTTPResponse(Array(text.utf8)))
        #expect(response.status == 429)
        #expect(response.headers == ["retry-after": "7", "content-type": "Application/JSON; a=b, c"])
        #expect(response.body == Array("{}\r\n\r\n".utf8))
    }

    @Test("A redirection's query is not shown")
    func redirection() {
        let answer = HTTPResponse(302, ["location": "https://example.com/login?token=secret#x"])
        #expect(answer.isRedirect && answer.target == "https://example.com/login")
    }

    @Test(
        "Curl's statuses are understood",
        arguments: [
            (6, "x", .notResolved("x")), (7, "x", .notConnected("x")), (28, "x", .timedOut("x")),
            (52, "x", .cutShort("x")), (35, "x", .handshakeFailed("x")), (56, "SSL_read", .handshakeFailed("SSL_read")),
            (60, "x", .untrusted("x")), (77, "x", .unusableAuthority("x")), (3, "x", .other(3, "x")),
        ] as [(Int32, String, HTTPFailure)]
    )
    func statuses(status: Int32, message: String, failure: HTTPFailure) {
        #expect(HTTPFailure(status: status, message: message) == failure)
    }

    @Test("A form is encoded")
    func form() {
        #expect(HTTPRequest.form("https://a/", [("a b", "ü&=")]).body == "a%20b=%C3%BC%26%3D")
    }

    @Test(
        "Text that is not an HTTP response is refused",
        arguments: ["", "HTTP/1.1 200 OK\r\n", "hello\r\n\r\n", "HTTP/1.1 20x\r\n\r\n"]
    )
    func noAnswer(text: String) {
        #expect(HTTPResponse(Array(text.utf8)) == nil)
    }
}
