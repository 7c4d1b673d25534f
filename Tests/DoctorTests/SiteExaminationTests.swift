import Testing

@testable import Doctor

@Suite struct SiteExaminationTests {
    private static let site = """
        include snippets/grantd.http.conf;
        server {
            listen 443 ssl;
            server_name example.com;
            include snippets/grantd.server.conf;
            location ^~ /orders/ {
                auth_request "oauth2-check/orders.read";
                include snippets/grantd.client.conf;
                include snippets/grantd.identity.conf;
                proxy_pass http://user:S3CRET@127.0.0.1:9000;
            }
        }
        """

    @Test func `snippets that cannot be read are known by their names`() {
        let configuration = NginxConfiguration(file: "/tmp/site", reading: { $0 == "/tmp/site" ? Self.site : nil })
        #expect(configuration.unreadable.count == 4)
        #expect(SiteExamination.findings(of: configuration).map(\.name) == ["mount", "protected-location"])
        #expect(SiteExamination.mounts(of: configuration).map(\.prefix) == ["/oauth2"])
        #expect(SiteExamination.mounts(of: configuration).map(\.socketPath) == [nil])
    }

    @Test(arguments: [
        "", "events {}", "http {}", "server {}", "http { server {} } http {}", "location / {}", "}", "\u{0}",
        "auth_request;",
    ])
    func `a configuration without a site has no mount`(text: String) {
        let configuration = NginxConfiguration(dump: text)
        #expect(SiteExamination.mounts(of: configuration) == [])
        #expect(SiteExamination.findings(of: configuration).allSatisfy { $0.name == "syntax-error" })
    }

    private static let secret = "S3CRET"

    /// Lines of server {} that may hold a secret, each as a word that no finding may repeat.
    private static let secretLines = [
        "proxy_set_header X-Key", "add_header X-Key", "fastcgi_param KEY", "grpc_set_header X-Key", "uwsgi_param KEY",
        "set $key", "auth_basic_user_file", "ssl_password_file", "secure_link_secret", "sub_filter key", "auth_basic",
        "proxy_cookie_path /", "limit_req zone=a burst=5 delay=3", "proxy_hide_header", "scgi_param KEY",
        "if ($arg_key != a) { set $other b; } set $another",
    ].map { "    \($0) \(secret);\n" }.joined()

    private static func isSilent(_ site: SiteFixture) -> Bool {
        let findings = SiteExamination.findings(of: site.configuration)
        return findings.allSatisfy { !$0.statement.contains(secret) && !($0.remedy ?? "").contains(secret) }
    }

    @Test(arguments: SiteFixture.broken + SiteFixture.good)
    func `no value is quoted`(site: SiteFixture) {
        var text = site.text.replacing(
            "proxy_pass http://127.0.0.1",
            with: "proxy_pass http://user:\(Self.secret)@127.0.0.1"
        )
        text = text.replacing("    root ", with: "\(Self.secretLines)    root ")
        text += "map $arg_key $key { default \(Self.secret); \(Self.secret) a; }\n"
        text += "log_format key '\(Self.secret) $request_body';\naccess_log /a key;\n"
        text += "upstream key { server \(Self.secret):1; }\n"
        #expect(Self.isSilent(SiteFixture(name: site.name, text: text)))
    }

    @Test(arguments: SiteFixture.broken + SiteFixture.good)
    func `nothing of a query is quoted`(site: SiteFixture) {
        let names = ["auth_request ", "error_page ", "proxy_pass ", "rewrite ", "return 30"]
        let lines = site.text.split(separator: "\n", omittingEmptySubsequences: false).map { line -> String in
            guard names.contains(where: line.contains), !line.hasPrefix("#"), let end = line.firstRange(of: ";") else {
                return String(line)
            }
            var head = line[..<end.lowerBound]
            if head.hasSuffix(" last") || head.hasSuffix(" break") || head.hasSuffix(" off") { return String(line) }
            let quote = head.hasSuffix("\"") ? "\"" : ""
            head = head.dropLast(quote.utf8.count)
            return "\(head)?key=\(Self.secret)\(quote)\(line[end.lowerBound...])"
        }
        #expect(Self.isSilent(SiteFixture(name: site.name, text: lines.joined(separator: "\n"))))
    }

    @Test(arguments: [
        ("/a?key=S3CRET", "/a"), ("http://a:S3CRET@b/c?d", "http://…@b/c"), ("http://a:p@S3CRET@b", "http://…@b"),
        ("http://a:S3?CRET@b/c", "http://…"), ("http://a/b?token=x@SECRET", "http://…"), ("a b", "a b"),
        ("http://a/b", "http://a/b"),
    ])
    func `a URI is shown without what may be secret`(uri: String, shown: String) {
        #expect(uri.shownURI == shown)
    }

    @Test(arguments: [
        ("api/v1.0/auth-x_y", true), ("", false), ("-a", false), ("a b", false), ("a'b", false), ("a$b", false),
        ("é", false), ("a,b", false), ("a;b", false),
    ])
    func `a command has only plain paths`(path: String, isPlain: Bool) {
        #expect(path.isPlainPath == isPlain)
        let edit = "# edit: grantd.server.conf | location ^~ /oauth2/ | location ^~ \"/\(path)/\""
        let site = SiteFixture(name: "prefix", text: "\(edit)\n\(Self.site)")
        let remedies = SiteExamination.findings(of: site.configuration).compactMap(\.remedy)
        #expect(path.isEmpty || remedies.contains { $0.contains("sed -i") } == isPlain, "\(remedies)")
    }

    @Test func `a site of hundreds of locations is examined`() {
        var text = "include snippets/grantd.http.conf;\nserver {\n    include snippets/grantd.server.conf;\n"
        for number in 0..<300 {
            text += "location /a\(number)/ { auth_request \"oauth2-check/a\"; include snippets/grantd.client.conf; }\n"
            text += "location ~ ^/b\(number)/[a-z]+\\.x$ { return 404; }\n"
        }
        let site = SiteFixture(name: "large", text: text + "}\n")
        let started = ContinuousClock.now
        let findings = SiteExamination.findings(of: site.configuration)
        #expect(findings.count == 301 && findings.allSatisfy { $0.severity == .ok })
        #expect(ContinuousClock.now - started < .seconds(20))
    }
}
