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

    /// Values that a configuration may hold, each as a word that no finding may repeat.
    @Test(arguments: SiteFixture.broken)
    func `no value is quoted`(site: SiteFixture) {
        let secret = "S3CRET"
        var text = site.text.replacing(
            "proxy_pass http://127.0.0.1",
            with: "proxy_pass http://user:\(secret)@127.0.0.1"
        )
        text = text.replacing(
            "    root ",
            with: "    proxy_set_header X-Key \(secret);\n    add_header X-Key \(secret);\n    root "
        )
        text += "map $arg_key $key { default \(secret); }\n"
        let changed = SiteFixture(name: site.name, text: text)
        let findings = SiteExamination.findings(of: changed.configuration)
        #expect(!findings.isEmpty)
        #expect(findings.allSatisfy { !$0.statement.contains(secret) && !($0.remedy ?? "").contains(secret) })
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
