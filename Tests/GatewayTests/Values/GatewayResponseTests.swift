import Testing

@testable import Gateway

@Suite("The form of an answer")
struct GatewayResponseTests {
    private static func text(_ response: GatewayResponse) -> String {
        String(decoding: response.rendered(), as: UTF8.self)
    }

    @Test
    func `Status, fields in their order, an empty line, the body`() {
        let response = GatewayResponse(
            status: 200,
            headers: [("Content-Type", "application/json"), ("Cache-Control", "no-store"), ("Pragma", "no-cache")],
            body: Array("{}".utf8)
        )
        #expect(
            Self.text(response) == """
                Status: 200 OK\r
                Content-Type: application/json\r
                Cache-Control: no-store\r
                Pragma: no-cache\r
                Content-Length: 2\r
                \r
                {}
                """
        )
    }

    @Test
    func `A length that the handler gives is not given twice`() {
        let response = GatewayResponse(status: 200, headers: [("content-length", "0")])
        #expect(Self.text(response) == "Status: 200 OK\r\ncontent-length: 0\r\n\r\n")
    }

    @Test(arguments: [204, 304])
    func `An answer that has no content names no length`(status: Int) {
        #expect(!Self.text(GatewayResponse(status: status)).contains("Content-Length"))
    }

    @Test(arguments: [
        ("X-A", "a\r\nX-B: b"), ("X-A", "a\nb"), ("X-A", "a\rb"), ("X-A", "a\0b"), ("X-A\r\nX-B", "b"),
        ("X A", "a"),
        ("X-A:", "a"), ("", "a"), ("Status", "200 OK"), ("status", "200 OK"), ("X-Ä", "a"),
    ])
    func `A field that could start another one is left out`(name: String, value: String) {
        let response = GatewayResponse(status: 401, headers: [(name, value), ("X-After", "1")])
        #expect(
            Self.text(response) == "Status: 401 Unauthorized\r\nX-After: 1\r\nContent-Length: 0\r\n\r\n"
        )
    }

    @Test(arguments: [200, 299, 302, 404, 413, 418, 500, 599])
    func `Every status has a phrase`(status: Int) {
        #expect(!ReasonPhrase.of(status).isEmpty)
    }
}
