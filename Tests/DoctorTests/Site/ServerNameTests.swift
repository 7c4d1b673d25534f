import Testing

@testable import Doctor

@Suite struct ServerNameTests {
    @Test(arguments: [
        ("example.com", "Example.COM.", ServerName.Fit.exact), ("example.com", "www.example.com", nil),
        ("*.example.com", "a.b.example.com", .end(length: 13)), ("*.example.com", "example.com", nil),
        (".example.com", "example.com", .end(length: 12)), (".example.com", "a.example.com", .end(length: 12)),
        ("www.*", "www.example.org", .start(length: 5)), ("www.*", "wwwx.org", nil),
        ("~^www\\d+\\.", "www12.example.com", .expression), ("~^www\\d+\\.", "www.example.com", nil), ("_", "_a", nil),
    ])
    func `a name fits a host as nginx has it`(name: String, host: String, fit: ServerName.Fit?) {
        #expect(ServerName.fit(of: name, to: host) == fit)
    }

    private static let site = Site(
        NginxConfiguration(
            file: "/f",
            reading: { _ in
                """
                server { listen 443 ssl; server_name ~^api; root /expression; }
                server { listen 443 ssl; server_name api.*; root /start; }
                server { listen 443 ssl; server_name *.example.com; root /end; }
                server { listen 443 ssl; server_name *.b.example.com; root /longer; }
                server { listen 443 ssl; server_name api.example.com; root /exact; }
                server { listen 443 ssl default_server; server_name _; root /default; }
                server { listen 80; listen [::]:80; server_name api.example.com; root /clear; }
                server { listen 127.0.0.1:8080; root /local; }
                server { listen 8080; root /all; }
                """
            }
        )
    )

    @Test(arguments: [
        ("api.example.com", 443, "/exact"), ("x.example.com", 443, "/end"), ("x.b.example.com", 443, "/longer"),
        ("api.example.org", 443, "/start"), ("api", 443, "/expression"), ("other.org", 443, "/default"),
        ("api.example.com", 80, "/clear"), ("other.org", 80, "/clear"), ("127.0.0.1", 8080, "/local"),
        ("192.0.2.1", 8080, "/all"), ("x.example.com", 8443, "/end"),
    ])
    func `the server of a host is nginx's`(host: String, port: Int, root: String) {
        #expect(Self.site.server(answering: host, port: port)?.level.setting("root")?.value == root)
    }

    @Test func `of a port that is not nginx's and a host that it does not know there is no server`() {
        #expect(Self.site.server(answering: "other.org", port: 8443) == nil)
    }
}
