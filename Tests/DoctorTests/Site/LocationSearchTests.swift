import Testing

@testable import Doctor

/// The locations of nginx's own manual, and nested ones; the answers were taken from nginx 1.22.1.
@Suite struct LocationSearchTests {
    private static let server = Server(
        Level(
            .server,
            nil,
            NginxParser(
                """
                location = / { a; }
                location / { b; location /b/in { b; } location ~ \\.in$ { b; } }
                location /documents/ { c; location /documents/x { d; } }
                location ^~ /images/ { e; location ~ \\.png$ { f; } }
                location ~* \\.(gif|jpg|jpeg)$ { g; }
                location ~ ^/documents/x/y { h; }
                location @named { i; }
                location =/glued { j; }
                location ~(?<=x)z { k; }
                """,
                file: "f"
            ).directives,
            in: nil
        )
    )

    @Test(arguments: [
        ("/", "= /"), ("/index.html", "/"), ("/documents/document.html", "/documents/"),
        ("/images/1.gif", "^~ /images/"),
        ("/documents/1.JPG", "~* \\.(gif|jpg|jpeg)$"), ("/images/1.png", "~ \\.png$"),
        ("/documents/x/1", "/documents/x"),
        ("/documents/x/y", "~ ^/documents/x/y"), ("/b/in", "/b/in"), ("/a.in", "~ \\.in$"), ("/glued", "= /glued"),
    ])
    func `a path is answered as nginx answers it`(path: String, location: String) {
        // The last expression cannot be understood: only what is decided before it is known.
        switch Self.server.answerer(of: path) {
        case .location(let level): #expect(level.pattern?.description == "location \(location)")
        case .server: Issue.record("no location")
        case .unknown: #expect(["/index.html", "/documents/document.html", "/documents/x/1", "/b/in"].contains(path))
        }
    }

    @Test func `a page is found without its query`() {
        #expect(Self.server.page("/glued?a=b")?.pattern?.text == "/glued")
    }

    @Test func `without effort nothing is known`() {
        let lines = NginxParser("location / { a; }", file: "f").directives
        let server = Server(Level(.server, nil, lines, in: nil), effort: Effort(steps: 0))
        guard case .unknown = server.answerer(of: "/") else {
            Issue.record("it was looked for")
            return
        }
    }

    @Test func `a path that no location takes is the server's`() {
        guard case .server = Self.server.answerer(of: "oauth2-check/") else { return }
        Issue.record("an expression that is not understood may take it")
    }

    @Test(arguments: [
        (["/a"], "location /a"), (["=", "/a"], "location = /a"), (["^~", "/a"], "location ^~ /a"),
        (["~*^/a"], "location ~* ^/a"), (["@a"], "location @a"),
    ])
    func `signs stand apart or together`(arguments: [String], description: String) {
        #expect(LocationPattern(arguments)?.description == description)
    }

    @Test func `other words are no location`() {
        #expect(LocationPattern([]) == nil)
        #expect(LocationPattern(["!", "/a"]) == nil)
        #expect(LocationPattern(["=", "/a", "b"]) == nil)
    }
}
