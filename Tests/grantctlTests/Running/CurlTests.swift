import GrantCore
import Testing

@testable import grantctl

@Suite("What curl is told, and what it answers")
struct CurlTests {
    @Test("Values are quoted so that none becomes another option")
    func quoting() throws(CurlFailure) {
        let text = try Curl.configuration(
            of: HTTPRequest(
                method: "POST",
                url: "http://127.0.0.1/a\"\nproxy = \"b",
                headers: [("X-Empty", ""), ("X-Backslash", "\\n")],
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
        #expect(throws: CurlFailure.unsendable) {
            try Curl.configuration(of: HTTPRequest(url: "http://127.0.0.1/", headers: [("X", value)]))
        }
        #expect(throws: CurlFailure.unsendable) {
            try Curl.configuration(of: HTTPRequest(url: "http://127.0.0.1/", body: "a\0b"))
        }
    }

    @Test("The answer is the last block of headers and what follows it")
    func answer() throws {
        let text =
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 429 \r\nRetry-After:  7 \r\nContent-Type: Application/JSON; a=b\r\n\r\n{}\r\n\r\n"
        let response = try #require(HTTPResponse(Array(text.utf8)))
        #expect(response.status == 429)
        #expect(response.header("retry-after") == "7" && response.header("Location") == nil)
        #expect(response.isOf("application/json") && !response.isOf("text/html"))
        #expect(response.body == Array("{}\r\n\r\n".utf8))
    }

    @Test("What is no answer is none", arguments: ["", "HTTP/1.1 200 OK\r\n", "hello\r\n\r\n", "HTTP/1.1 20x\r\n\r\n"])
    func noAnswer(text: String) {
        #expect(HTTPResponse(Array(text.utf8)) == nil)
    }
}
