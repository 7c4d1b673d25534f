import Testing

@testable import Doctor

/// Configurations of some megabytes that are made to take long. The limits are generous: what takes time by the square of
/// the size takes hours.
@Suite(.serialized) struct HostileSitesTests {
    private static let bytes = 2 << 20
    /// As much of what is compared: by the square of this it takes minutes.
    private static let fewerBytes = 96 << 10
    /// Makes paths long, so that thousands of locations have the size.
    private static let padding = String(repeating: "a", count: 900)
    private static let limit = Duration.seconds(120)

    /// Lines of a number each, up to a size.
    private static func lines(upTo bytes: Int = fewerBytes, _ line: (Int) -> String) -> String {
        var text = ""
        var number = 0
        while text.utf8.count < bytes {
            text += line(number)
            number += 1
        }
        return text
    }

    private static func server(_ inner: String) -> String {
        "include snippets/grantd.http.conf;\nserver {\ninclude snippets/grantd.server.conf;\n\(inner)}\n"
    }

    struct Row: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let text: @Sendable () -> String
        init(_ name: String, _ text: @escaping @Sendable () -> String) { (testDescription, self.text) = (name, text) }
    }

    static let rows: [Row] = [
        Row("protected prefixes") {
            server(
                lines(upTo: bytes) {
                    "location /\(padding)\($0)/{auth_request oauth2-check/a;proxy_pass http://a:\($0)/;}\n"
                }
            )
        },
        Row("protected and open prefixes of one application") {
            server(
                lines {
                    "location /a\($0)/{\($0 % 2 == 0 ? "auth_request oauth2-check/a;" : "")proxy_pass http://a/b;}\n"
                }
            )
        },
        Row("expressions") {
            server(
                lines {
                    "location ~ (a|b\($0))*x{auth_request oauth2-check/a;}location /c\($0)/{auth_request oauth2-check/a;}\n"
                }
            )
        },
        Row("rewrites") {
            server(lines { "rewrite ^/a.*b\($0) /c;location /a\($0)/{auth_request oauth2-check/a;}\n" })
        },
        Row("servers of one application") {
            lines { "server{listen \($0);location /a{auth_request oauth2-check/a;proxy_pass http://a;}}\n" }
        },
        Row("misspelt checks") { server(lines { "location /a\($0)/{auth_request oauth2-chekc/\($0);}\n" }) },
        Row("misspelt directives") { server(lines { "auth_reqst\($0) a;\n" }) },
        Row("lists that are inherited") {
            server(
                lines {
                    $0 < 2_000
                        ? "error_page 404 /\($0);fastcgi_param A\($0) b;deny 10.0.0.1;\n"
                        : "location /a\($0)/{auth_request oauth2-check/a;fastcgi_pass a;}\n"
                }
            )
        },
        Row("locations within each other") {
            server(lines { "location /a\($0)/{auth_request oauth2-check/a;location /a\($0)/b{auth_request off;}}\n" })
        },
    ]

    @Test(arguments: rows)
    func `a large configuration is examined in time`(row: Row) {
        let site = SiteFixture(name: "large", text: row.text())
        let started = ContinuousClock.now
        let findings = SiteExamination.findings(of: site.configuration)
        #expect(ContinuousClock.now - started < Self.limit)
        #expect(!findings.isEmpty)
    }

    @Test func `what is not compared any more is said`() {
        let text = Self.lines(upTo: 3 * Self.fewerBytes) {
            "location /a\($0)/{\($0 % 2 == 0 ? "auth_request oauth2-check/a;" : "")proxy_pass http://a/b;}\n"
        }
        let site = SiteFixture(name: "large", text: Self.server(text))
        #expect(SiteExamination.findings(of: site.configuration).map(\.name).contains("comparison-cut"))
    }

    @Test(arguments: ["include a\0.conf;\n", "include */\0.conf;\n"])
    func `many includes are read in time`(line: String) {
        let text = Self.lines(upTo: Self.bytes) { line.replacing("\0", with: "\($0)") }
        var asked = 0
        let started = ContinuousClock.now
        let configuration = NginxConfiguration(
            file: "/a/b/c/d/e/f/g/h/site",
            reading: { path in
                if path == "/a/b/c/d/e/f/g/h/site" { return text }
                asked += 1
                return nil
            },
            listing: { _ in ["x", "y"] }
        )
        #expect(ContinuousClock.now - started < Self.limit)
        #expect(asked <= NginxLimits.files)
        #expect(!configuration.unreadable.isEmpty || line.contains("*"))
    }

    @Test func `many files and patterns of a dump are read in time`() {
        var text = "# configuration file /n/nginx.conf:\n"
        for number in 0..<600 { text += "include */\(number)*x;\n" }
        text += Self.lines { "# configuration file /n/a/\($0):\n" }
        let started = ContinuousClock.now
        let configuration = NginxConfiguration(dump: text)
        #expect(ContinuousClock.now - started < Self.limit)
        #expect(!configuration.unreadable.isEmpty)
    }

    @Test func `an effort ends`() {
        let effort = Effort(steps: 3)
        #expect(effort.spend(2) && !effort.isSpent && !effort.spend(2))
        #expect(effort.isSpent && !effort.spend(0))
    }
}
