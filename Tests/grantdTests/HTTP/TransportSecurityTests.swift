import Gateway
import Settings
import Testing

@testable import grantd

struct TransportSecurityTests {
    @Test(arguments: [
        ("127.0.0.1", true), ("127.255.255.255", true), ("128.0.0.1", false), ("126.255.255.255", false),
        ("10.0.0.0", true), ("10.255.255.255", true), ("11.0.0.0", false), ("9.255.255.255", false),
        ("172.15.255.255", false), ("172.16.0.0", true), ("172.31.255.255", true), ("172.32.0.0", false),
        ("192.168.0.0", true), ("192.168.255.255", true), ("192.167.255.255", false), ("192.169.0.0", false),
        ("169.254.1.1", true), ("169.253.1.1", false), ("100.64.0.1", false), ("0.0.0.0", false),
        ("192.0.2.1", false), ("255.255.255.255", false),
        ("::1", true), ("::", false), ("::2", false), ("1::1", false), ("fc00::1", true), ("fdff::1", true),
        ("fe00::1", false), ("fe80::1", true), ("febf::1", true), ("fec0::1", false), ("2001:db8::1", false),
        ("fb00::1", false), ("::ffff:127.0.0.1", true), ("::ffff:10.1.2.3", true), ("::ffff:192.0.2.1", false),
        ("::fffe:127.0.0.1", false), ("::127.0.0.1", false),
        ("unix:", true), ("unix", false), ("unix:x", false), ("", false), (" 127.0.0.1", false),
        ("127.0.0.1 ", false), ("127.1", false), ("127.0.0.1, 192.0.2.1", false), ("localhost", false),
        ("0x7f.0.0.1", false), ("fe80::1%eth0", false), ("[::1]", false),
    ])
    func `an address is local by its network`(address: String, isLocal: Bool) {
        #expect(TransportSecurity.isLocal(address) == isLocal)
    }

    /// Whether a request passes under `external`, `all` and `none`.
    @Test(
        arguments: [
            (nil, "192.0.2.1", [false, false, true]), ("", "192.0.2.1", [false, false, true]),
            ("off", "192.0.2.1", [false, false, true]), ("OFF", "192.0.2.1", [false, false, true]),
            ("on", "192.0.2.1", [true, true, true]), ("1", "192.0.2.1", [true, true, true]),
            (nil, "127.0.0.1", [true, false, true]), ("off", "10.0.0.1", [true, false, true]),
            ("on", "127.0.0.1", [true, true, true]), (nil, nil, [false, false, true]), ("on", nil, [true, true, true]),
        ] as [(String?, String?, [Bool])]
    )
    func `who has to come over TLS is the setting's to say`(https: String?, address: String?, passes: [Bool]) {
        var parameters: [(String, String)] = []
        if let https { parameters.append(("HTTPS", https)) }
        if let address { parameters.append(("REMOTE_ADDR", address)) }
        let request = GatewayRequest(parameters: GatewayParameters(parameters), body: .whole([]), receivedAt: .now)
        let requirements: [Settings.TLSRequirement] = [.external, .all, .none]
        #expect(requirements.map { TransportSecurity($0).allows(request) } == passes)
    }

    @Test func `what a client says of itself is not heard`() {
        let forged = [
            ("HTTP_HTTPS", "on"), ("HTTP_X_FORWARDED_PROTO", "https"), ("HTTP_X_FORWARDED_FOR", "127.0.0.1"),
            ("HTTP_REMOTE_ADDR", "127.0.0.1"), ("HTTP_FORWARDED", "for=127.0.0.1;proto=https"),
            ("REQUEST_SCHEME", "https"), ("REMOTE_ADDR", "192.0.2.1"),
        ]
        let request = GatewayRequest(parameters: GatewayParameters(forged), body: .whole([]), receivedAt: .now)
        #expect(!TransportSecurity(.external).allows(request))
        #expect(!TransportSecurity(.all).allows(request))
    }

    @Test(arguments: ["/token", "/introspect", "/revoke"])
    func `credentials of a refused request are not looked at`(path: String) {
        let fixture = HandlerFixture(requireTLS: .all)
        for secret in ["client-secret", "wrong"] {
            let answer = fixture.post(path, "grant_type=client_credentials&token=live", secret: secret)
            #expect(answer.status == 400)
            #expect(answer.text.contains("TLS"))
            #expect(answer.heldUntil == nil)
        }
        #expect(fixture.clients.lookups == 0)
        #expect(!fixture.lines.all.contains { $0.contains("web-app") })
    }

    @Test func `nor is the token of a refused check`() {
        let fixture = HandlerFixture(requireTLS: .all)
        for token in ["live", "other"] {
            let answer = fixture.respond([("PATH_INFO", "/check"), ("HTTP_AUTHORIZATION", "Bearer \(token)")])
            #expect(answer.status == 403)
            #expect(answer.header("X-OAuth-Challenge")?.contains(#"error="invalid_request""#) == true)
        }
        #expect(fixture.clients.lookups == 0)
    }

    @Test(arguments: ["/health", "/metadata"])
    func `what takes no credentials is served to all`(path: String) {
        let fixture = HandlerFixture(requireTLS: .all, issuer: "https://example.com/oauth2")
        #expect(fixture.respond([("PATH_INFO", path), ("REQUEST_METHOD", "GET")]).status == 200)
    }
}
