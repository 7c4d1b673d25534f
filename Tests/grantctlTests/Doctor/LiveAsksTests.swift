import Doctor
import GrantCore
import Settings
import Testing

@testable import grantctl

/// What the doctor makes of answers; that it asks rightly, the end-to-end tests show.
@Suite struct LiveAsksTests {
    private func site(
        _ base: String = MadeSite.base,
        settings: Settings? = nil,
        _ answering: @escaping MadeSite.Answering
    ) throws -> LiveSite {
        LiveSite(base: try #require(MountURL(base)), asker: MadeSite(answering), settings: settings)
    }

    private func names(_ findings: [Finding]) -> [String] { findings.map(\.name) }

    @Test(arguments: [
        (WebAnswer(301, ["location": "https://b/"]), "mount-redirects"), (WebAnswer(502), "worker-unreachable"),
        (WebAnswer(504), "worker-silent"), (WebAnswer(503), "service-failing"), (WebAnswer(429), "rate-limited"),
        (WebAnswer(500), "mount-fails"),
        (WebAnswer(401, ["www-authenticate": "Basic realm=x"]), "mount-behind-password"),
        (WebAnswer(403), "mount-forbidden"), (WebAnswer(404), "mount-missing"),
        (WebAnswer(404, [:], "{}"), "mount-without-path"),
        (WebAnswer(200, ["content-type": "text/html"], "<html>"), "mount-answered-by-site"),
        (WebAnswer(200, ["age": "3"], #"{"status":"ok"}"#), "answers-cached"),
        (WebAnswer(400, [:], #"{"error_description":"this is served over TLS only: use https"}"#), "tls-not-seen"),
    ])
    func `an answer that is not grantd's is understood`(answer: WebAnswer, name: String) throws {
        #expect(try names(HealthAsk(site: site { _ in answer }).findings()) == [name])
    }

    @Test func `a site in clear is a failure, but for this machine`() throws {
        let ok = WebAnswer(200, [:], #"{"status":"ok"}"#)
        #expect(
            try names(HealthAsk(site: site("http://example.com/oauth2") { _ in ok }).findings()) == [
                "health", "http-only",
            ]
        )
        #expect(try names(HealthAsk(site: site("http://127.0.0.1/oauth2") { _ in ok }).findings()) == ["health"])
    }

    @Test func `the metadata are compared with the URL`() throws {
        func found(_ issuer: String, _ endpoint: String, wellKnown: Int = 200) throws -> [String] {
            let text = #"{"issuer":"\#(issuer)","token_endpoint":"\#(endpoint)"}"#
            let site = try site { request in WebAnswer(request.url.contains(".well-known") ? wellKnown : 200, [:], text)
            }
            return try names(MetadataAsk(site: site).findings())
        }
        let base = MadeSite.base
        #expect(try found(base, "\(base)/token") == ["metadata"])
        #expect(try found("\(base)/", "\(base)/token") == ["issuer-differs"])
        #expect(try found(base, "https://example.com/token") == ["endpoint-outside"])
        #expect(try found(base, "\(base)/token", wellKnown: 404) == ["well-known-missing"])
        #expect(try names(MetadataAsk(site: site { _ in WebAnswer(404, [:], "{}") }).findings()) == ["metadata-absent"])
    }

    @Test func `what is open to forgers is found`() throws {
        let forged = try site { request in
            if request.url.hasSuffix("-check/") { return WebAnswer(204) }
            return WebAnswer(request.headers.isEmpty ? 403 : 200)
        }
        #expect(
            try names(PrivacyAsk(site: forged).findings()) == ["check-reachable", "monitoring-open", "monitoring-open"]
        )
        let allowed = try site { request in WebAnswer(request.url.hasSuffix("-check/") ? 404 : 200) }
        #expect(try names(PrivacyAsk(site: allowed).findings()) == ["privacy"])
    }

    @Test func `credentials in clear must be refused`() throws {
        let examined = WebAnswer(401, [:], #"{"error":"invalid_client"}"#)
        func found(_ answer: WebAnswer?, from address: String = "192.0.2.1") throws -> [String] {
            let site = try site("https://example.com/oauth2") { request throws(WebFailure) in
                #expect(request.url == "http://example.com/oauth2/token")
                guard var answer else { throw .refused }
                answer.address = address
                return answer
            }
            return try names(ClearAsk(site: site).findings())
        }
        #expect(try found(examined) == ["clear-accepted"])
        #expect(try found(examined, from: "10.0.0.1") == ["clear-refused"])
        #expect(try found(WebAnswer(301)) == ["clear-refused"])
        #expect(try found(nil) == ["clear-refused"])
    }

    private func credentials(isOwn: Bool) throws -> LiveCredentials {
        LiveCredentials(id: try #require(ClientID("a")), secret: try #require(ClientSecret("b")), isOwn: isOwn)
    }

    @Test func `tokens are issued in three ways, each its own`() throws {
        func found(isOwn: Bool = true, _ answer: @escaping (Int, WebRequest) -> WebAnswer) throws -> [String] {
            var count = 0
            let site = try site { request in
                count += 1
                return answer(count, request)
            }
            return try names(TokenAsk(site: site, credentials: credentials(isOwn: isOwn)).outcome().findings)
        }
        let fresh = ["cache-control": "no-store"]
        let refused = WebAnswer(401, [:], #"{"error":"invalid_client"}"#)
        func issued(_ count: Int) -> WebAnswer { WebAnswer(200, fresh, #"{"access_token":"\#(count)"}"#) }
        #expect(try found { count, _ in issued(count) } == ["token"])
        #expect(try found { _, _ in issued(1) } == ["answers-cached"])
        #expect(
            try found { count, _ in WebAnswer(200, [:], issued(count).body) }
                == Array(repeating: "no-store-missing", count: 3)
        )
        #expect(try found { _, _ in refused } == ["state-differs"])
        #expect(try found(isOwn: false) { _, _ in refused } == ["client-refused"])
        func byBody(_ count: Int, _ request: WebRequest) -> WebAnswer {
            request.headers.contains { $0.name == "Authorization" } ? refused : issued(count)
        }
        #expect(try found(byBody) == ["credentials-lost"])
        #expect(try found(isOwn: false, byBody) == ["token-one-way"])
    }

    @Test func `refusals that do not arrive are found`() throws {
        let id = try #require(ClientID("a"))
        func found(secret: WebAnswer, size: WebAnswer, origin: WebAnswer, _ settings: Settings? = nil) throws
            -> [String]
        {
            let site = try site(settings: settings) { request in
                request.method == "OPTIONS" ? origin : request.body?.hasPrefix("padding") ?? false ? size : secret
            }
            return try names(RefusalAsk(site: site, id: id).findings())
        }
        let right = WebAnswer(401, [:], #"{"error":"invalid_client"}"#)
        let large = WebAnswer(413, [:], "{}")
        #expect(try found(secret: right, size: large, origin: WebAnswer(405)) == ["refusals"])
        #expect(try found(secret: WebAnswer(302), size: large, origin: WebAnswer(405)) == ["refusal-altered"])
        #expect(try found(secret: right, size: large, origin: WebAnswer(405), Settings()) == ["refusal-without-delay"])
        #expect(try found(secret: right, size: WebAnswer(413), origin: WebAnswer(405)) == ["errors-not-json"])
        #expect(try found(secret: right, size: WebAnswer(401), origin: WebAnswer(405)) == ["body-limit-missing"])
        let open = WebAnswer(204, ["access-control-allow-origin": "*"])
        #expect(try found(secret: right, size: large, origin: open) == ["origin-open"])
    }

    @Test(arguments: [
        ([WebAnswer(200)], "location-open"), ([WebAnswer(302, ["location": "/"])], "location-redirects"),
        ([WebAnswer(500)], "check-fails"), ([WebAnswer(403)], "location-forbidden"),
        ([WebAnswer(404)], "location-not-checked"),
        ([WebAnswer(401), WebAnswer(401), WebAnswer(401)], "challenge-missing"),
        ([WebAnswer(401, ["www-authenticate": "Basic"]), WebAnswer(401), WebAnswer(401)], "location-asks-password"),
        ([.denied, WebAnswer(200), .denied], "forged-header-passes"),
        ([.denied, .denied, WebAnswer(200)], "location-open"),
        ([.denied, .denied, .denied, .denied], "right-token-refused"),
        ([.denied, .denied, .denied, WebAnswer(502), WebAnswer(403), .denied], "application-fails"),
        ([.denied, .denied, .denied, WebAnswer(200), WebAnswer(200), .denied], "scope-not-checked"),
        ([.denied, .denied, .denied, WebAnswer(200), WebAnswer(403), WebAnswer(200)], "location-cached"),
        ([.denied, .denied, .denied, WebAnswer(404), WebAnswer(403), .denied], "location"),
    ])
    func `a protected path is held to each rule`(answers: [WebAnswer], name: String) throws {
        var rest = answers
        let site = try site { _ in rest.removeFirst() }
        let place = try #require(ProtectedPlace(argument: "/orders/ orders.read"))
        let ask = LocationAsk(site: site, place: place, token: "t", lesser: "l")
        #expect(try names(ask.findings()) == [name])
        #expect(rest.isEmpty)
    }

    @Test func `a token is revoked at once, and introspection says so`() throws {
        func found(_ active: [String]) throws -> [String] {
            var rest = active
            let site = try site { request in
                WebAnswer(200, [:], request.url.hasSuffix("/revoke") ? "{}" : #"{"active":\#(rest.removeFirst())}"#)
            }
            let ask = LifecycleAsk(site: site, credentials: try credentials(isOwn: true))
            return try names(ask.findings("t") { () throws(WebFailure) in [] })
        }
        #expect(try found(["true", "false"]) == ["revocation"])
        #expect(try found(["false"]) == ["introspection-differs"])
        #expect(try found(["true", "true"]) == ["revocation-without-effect"])
    }

    @Test func `a failure of the network is one finding`() throws {
        let base = try #require(MountURL(MadeSite.base))
        let failures: [(WebFailure, String)] = [
            (.unknownHost, "host-unknown"), (.refused, "connection-refused"), (.noAnswer, "no-answer"),
            (.handshake("x"), "tls-handshake"), (.certificate("x"), "certificate-untrusted"),
            (.authority("x"), "authority-unusable"), (.other("x"), "request-fails"),
        ]
        for (failure, name) in failures { #expect(failure.finding(base)?.name == name) }
        #expect(WebFailure.stopped.finding(base) == nil)
    }
}

extension WebAnswer {
    /// As a check refuses.
    fileprivate static let denied = WebAnswer(401, ["www-authenticate": "Bearer realm=x"])
}
