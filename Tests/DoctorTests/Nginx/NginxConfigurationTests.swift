import Testing

@testable import Doctor

@Suite struct NginxConfigurationTests {
    private static func names(_ directives: [NginxDirective]) -> [String] {
        directives.flatMap { ["\($0.name) \($0.place)"] + names($0.block ?? []) }
    }

    private static func dump(_ files: [(String, String)]) -> String {
        files.map { "# configuration file \($0.0):\n\($0.1)\n" }.joined()
    }

    @Test func `a dump is one tree whose lines keep their files`() {
        let text =
            "nginx: the configuration file /n/nginx.conf syntax is ok\n"
            + Self.dump([
                ("/n/nginx.conf", "a;\nhttp {\n  include sites/*;\n  include /n/one;\n}\nb;"), ("/n/sites/b", "d;"),
                ("/n/sites/a", "\nc;"), ("/n/sites/.hidden", "e;"), ("/n/sites/a/deep", "f;"), ("/n/one", "g;"),
            ])
        let configuration = NginxConfiguration(dump: text)
        #expect(
            Self.names(configuration.directives) == [
                "a /n/nginx.conf:1", "http /n/nginx.conf:2", "c /n/sites/a:2", "d /n/sites/b:1", "g /n/one:1",
                "b /n/nginx.conf:6",
            ]
        )
        #expect(configuration.directives[1].block?[0].via == Finding.Place(file: "/n/nginx.conf", line: 3))
        #expect(configuration.unreadable.isEmpty && configuration.syntaxErrors.isEmpty)
    }

    @Test func `the last file of a dump that was cut off is left out`() {
        let dump = Self.dump([("/n/nginx.conf", "a; include b; include c;"), ("/n/b", "b;"), ("/n/c", "c { d")])
        let configuration = NginxConfiguration(dump: NginxConfiguration.withoutLastFile(dump))
        #expect(configuration.directives.map(\.name) == ["a", "b", "include"])
        #expect(configuration.unreadable == ["c"] && configuration.syntaxErrors.isEmpty)
        #expect(NginxConfiguration.withoutLastFile(Self.dump([("/n/nginx.conf", "a {")])).isEmpty)
    }

    @Test func `what a dump does not hold is said`() {
        let configuration = NginxConfiguration(dump: Self.dump([("/n/nginx.conf", "include x; include y/*; a;")]))
        #expect(configuration.unreadable == ["x"])
        #expect(Self.names(configuration.directives) == ["include /n/nginx.conf:1", "a /n/nginx.conf:1"])
    }

    @Test func `a site's file finds its includes above itself`() {
        let files = [
            "/etc/nginx/sites-available/s": "include snippets/a; include b; include /c; include d/*;",
            "/etc/nginx/snippets/a": "a;", "/c": "c;", "/etc/nginx/d/e": "e;", "/etc/nginx/d/f": "f;",
        ]
        let configuration = NginxConfiguration(
            file: "/etc/nginx/sites-available/s",
            reading: { files[$0] },
            listing: { $0 == "/etc/nginx/d" ? ["f", "e", "missing"] : nil }
        )
        #expect(configuration.directives.map(\.name) == ["a", "include", "c", "e", "f"])
        #expect(configuration.unreadable == ["b", "/etc/nginx/d/missing"])
    }

    @Test func `a file that cannot be read is said`() {
        let configuration = NginxConfiguration(file: "/x", reading: { _ in nil })
        #expect(configuration.directives.isEmpty && configuration.unreadable == ["/x"])
    }

    @Test(arguments: [
        ["/n/nginx.conf": "include nginx.conf; a;"], ["/n/nginx.conf": "include b; a;", "/n/b": "include nginx.conf;"],
        ["/n/nginx.conf": "include *; a;", "/n/b": "include *;", "/n/c": "include *;"],
        ["/n/nginx.conf": "x { include b; } a;", "/n/b": "x { include b; }"],
    ])
    func `files that include each other end`(files: [String: String]) {
        let configuration = NginxConfiguration(
            file: "/n/nginx.conf",
            reading: { files[$0] },
            listing: { _ in files.keys.map { String($0.dropFirst(3)) } }
        )
        #expect(!configuration.syntaxErrors.isEmpty)
        #expect(configuration.directives.last?.name == "a")
    }

    @Test func `includes that double at each step are cut`() {
        var files = ["/n/nginx.conf": "include 1;", "/n/15": String(repeating: "a;", count: 5000)]
        for step in 1..<15 { files["/n/\(step)"] = "include \(step + 1); include \(step + 1);" }
        let configuration = NginxConfiguration(file: "/n/nginx.conf", reading: { files[$0] })
        #expect(configuration.directives.count <= NginxLimits.directives)
        #expect(!configuration.syntaxErrors.isEmpty)
    }

    @Test(arguments: [
        ("/a/b", "/a/*", true), ("/a/b.conf", "/a/*.conf", true), ("/a/b", "/a/*.conf", false),
        ("/a/b/c", "/a/*", false),
        ("/a/.b", "/a/*", false), ("/a/.b", "/a/.*", true), ("/a/b", "/a/?", true), ("/a/b", "/a/[a-c]", true),
        ("/a/d", "/a/[a-c]", false), ("/a/d", "/a/[!a-c]", true), ("/a/b", "/*/b", true), ("/a/xay", "/a/*a*", true),
        ("/a/[", "/a/[", true), ("/a/*", "/a/\\*", true), ("/a/b", "/a/\\*", false),
    ])
    func `patterns are glob's`(path: String, pattern: String, isMatch: Bool) {
        #expect(NginxPath.matches(path, pattern) == isMatch)
    }

    @Test func `stars cost no more than the product of lengths`() {
        let pattern = "/" + String(repeating: "*a", count: 2000) + "b"
        #expect(!NginxPath.matches("/" + String(repeating: "a", count: 4000), pattern))
    }
}
