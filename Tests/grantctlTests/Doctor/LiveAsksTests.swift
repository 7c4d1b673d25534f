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
        LiveSite(base: try #require(MountURL(base)), sender: MadeSite(answering), settings: settings)
    }

    private func names(_ findings: [Finding]) -> [String] { findings.map(\.name) }

    @Test(arguments: [
        (HTTPResponse(301, ["location": "https://b/"]), "mount-redirects"), (HTTPResponse(502), "worker-unreachable"),
        (HTTPResponse(504), "worker-silent"), (HTTPResponse(503), "service-failing"),
        (HTTPResponse(429), "rate-limited"),
        (HTTPResponse(500), "mount-fails"),
        (HTTPResponse(401, ["www-authenticate": "Basic realm=x"]), "mount-behind-password"),
        (HTTPResponse(403), "mount-forbidden"), (HTTPResponse(404), "mount-missing"),
        (HTTPResponse(404, [:], "{}"), "mount-without-path"),
        (HTTPResponse(200, ["content-type": "text/html"], "<html>"), "mount-answered-by-site"),
        (HTTPResponse(200, ["age": "3"], #"{"status":"ok"}"#), "answers-cached"),
        (HTTPResponse(400, [:], #"{"error_description":"this is served over TLS only: use https"}"#), "tls-not-seen"),
    ])
    func `an answer that is not grantd's is understood`(answer: HTTPResponse, name: String) throws {
        #expect(try names(HealthAsk(site: site { _ in answer }).findings()) == [name])
    }

    @Test func `a site in clear is a failure, but for this machine`() throws {
        let ok = HTTPResponse(200, [:], #"{"status":"ok"}"#)
        #expect(
            try names(HealthAsk(site: site("http://example.com/oauth2") { _ in ok }).findings()) == [
                "health", "http-only",
            ]
        )
        #expect(try names(HealthAsk(site: site("http://127.0.0.1/oauth2") { _ in ok }).findings()) == ["health"])
    }

    @Test func `an answer of no age is not cached`() throws {
        let ok = HTTPResponse(200, ["age": "0"], #"{"status":"ok"}"#)
        #expect(try names(HealthAsk(site: site { _ in ok }).findings()) == ["health"])
    }

    @Test func `what is refused in clear is right`() throws {
        let refused = HTTPResponse(400, [:], #"{"error_description":"this is served over TLS only: use https"}"#)
        let site = try site("http://example.com/oauth2") { _ in refused }
        let findings = try TokenAsk(site: site, credentials: credentials(isOwn: true)).outcome().findings
        #expect(names(findings) == ["clear-refused"] && findings.allSatisfy { $0.severity == .ok })
    }

    @Test func `tokens of a client of the site's are revoked, by either way to authenticate`() throws {
        let recorder = TokenRecorder(MadeSite { HTTPResponse(200, [:], #"{"access_token":"\#($0.url)"}"#) })
        for name in ["a", "b", "a"] { _ = try recorder.send(HTTPRequest("POST", name)) }
        #expect(recorder.tokens == ["a", "b"])
        func counts(_ answering: @escaping MadeSite.Answering) throws -> [Int] {
            let site = MadeSite(answering)
            let left = recorder.revokeAll(at: "u", as: try credentials(isOwn: false), by: site)
            return [left, site.requests.count]
        }
        #expect(try counts { _ in HTTPResponse(200) } == [0, 2])
        #expect(try counts { HTTPResponse($0.headers.contains { $0.name == "Authorization" } ? 401 : 200) } == [0, 4])
        #expect(try counts { _ throws(HTTPFailure) in throw .notConnected("") } == [2, 2])
    }

    @Test func `tokens of a client of the site's are revoked after a signal too`() throws {
        var issued = 0
        let asked = MadeSite { request throws(HTTPFailure) in
            if request.url.hasPrefix("https:"), request.url.hasSuffix("/token"), request.method == "POST" {
                issued += 1
                return HTTPResponse(200, [:], #"{"access_token":"\#(issued)"}"#)
            }
            if request.url.hasSuffix("/health") { return HTTPResponse(200, [:], #"{"status":"ok"}"#) }
            if request.url.hasSuffix("/p") { throw .stopped }
            return HTTPResponse(404, [:], "{}")
        }
        let cleaner = MadeSite { _ in HTTPResponse(200) }
        let session = LiveSession(
            url: try #require(MountURL(MadeSite.base)),
            places: LivePlaces(nil, of: try #require(MountURL(MadeSite.base))),
            named: [try #require(ProtectedPlace(argument: "/p"))],
            sender: asked,
            cleaner: cleaner,
            settings: nil,
            credentials: try credentials(isOwn: false)
        )
        #expect(throws: InputError.interrupted) { try session.findings() }
        #expect(issued >= 3 && cleaner.requests.count == issued)
        #expect(cleaner.requests.allSatisfy { $0.url == "\(MadeSite.base)/revoke" })
    }

    @Test func `paths of other hosts are not asked for`() throws {
        func location(_ path: String) -> String {
            "location \(path) { auth_request oauth2-check/\(path.dropFirst()); }"
        }
        let text = """
            server { listen 443 ssl; server_name a.example.com; \(location("/a")) }
            server { listen 443 ssl; server_name *.example.com; \(location("/b")) }
            server { listen 443 ssl; server_name c.org; \(location("/c")) }
            """
        let configuration = NginxConfiguration(file: "/f", reading: { _ in text })
        func paths(_ url: String) throws -> [String] {
            LivePlaces(configuration, of: try #require(MountURL(url))).protected.map(\.path)
        }
        #expect(try paths("https://A.example.com/oauth2") == ["/a"])
        #expect(try paths("https://b.example.com/oauth2") == ["/b"])
        #expect(try paths("https://c.org:443/oauth2") == ["/c"])
        #expect(try paths("https://d.org:8443/oauth2") == [])
    }

    @Test func `the metadata are compared with the URL`() throws {
        func found(_ issuer: String, _ endpoint: String, wellKnown: Int = 200) throws -> [String] {
            let text = #"{"issuer":"\#(issuer)","token_endpoint":"\#(endpoint)"}"#
            let site = try site { request in
                HTTPResponse(request.url.contains(".well-known") ? wellKnown : 200, [:], text)
            }
            return try names(MetadataAsk(site: site).findings())
        }
        let base = MadeSite.base
        #expect(try found(base, "\(base)/token") == ["metadata"])
        #expect(try found("\(base)/", "\(base)/token") == ["issuer-differs"])
        #expect(try found(base, "https://example.com/token") == ["endpoint-outside"])
        #expect(try found(base, "\(base)/token", wellKnown: 404) == ["well-known-missing"])
        #expect(
            try names(MetadataAsk(site: site { _ in HTTPResponse(404, [:], "{}") }).findings()) == ["metadata-absent"]
        )
    }

    @Test func `what is open to forgers is found`() throws {
        let forged = try site { request in
            if request.url.hasSuffix("-check/") { return HTTPResponse(204) }
            return HTTPResponse(request.headers.isEmpty ? 403 : 200)
        }
        #expect(
            try names(PrivacyAsk(site: forged).findings()) == ["check-reachable", "monitoring-open", "monitoring-open"]
        )
        let allowed = try site { request in HTTPResponse(request.url.hasSuffix("-check/") ? 404 : 200) }
        #expect(try names(PrivacyAsk(site: allowed).findings()) == ["privacy"])
    }

    @Test func `credentials in clear must be refused`() throws {
        let examined = HTTPResponse(401, [:], #"{"error":"invalid_client"}"#)
        func found(_ answer: HTTPResponse?, from address: String = "192.0.2.1") throws -> [String] {
            let site = try site("https://example.com/oauth2") { request throws(HTTPFailure) in
                #expect(request.url == "http://example.com/oauth2/token")
                // A client of the site's might have a plainer name, and be locked out.
                #expect(request.body?.contains("client_id=doctor-") == true)
                guard var answer else { throw .notConnected("") }
                answer.address = address
                return answer
            }
            return try names(ClearAsk(site: site).findings())
        }
        #expect(try found(examined) == ["clear-accepted"])
        #expect(try found(examined, from: "10.0.0.1") == ["clear-refused"])
        #expect(try found(HTTPResponse(301)) == ["clear-refused"])
        #expect(try found(nil) == ["clear-refused"])
    }

    private func credentials(isOwn: Bool) throws -> LiveCredentials {
        LiveCredentials(id: try #require(ClientID("a")), secret: try #require(ClientSecret("b")), isOwn: isOwn)
    }

    @Test func `tokens are issued in three ways, each its own`() throws {
        func found(isOwn: Bool = true, _ answer: @escaping (Int, HTTPRequest) -> HTTPResponse) throws -> [String] {
            var count = 0
            let site = try site { request in
                count += 1
                return answer(count, request)
            }
            return try names(TokenAsk(site: site, credentials: credentials(isOwn: isOwn)).outcome().findings)
        }
        let fresh = ["cache-control": "no-store"]
        let refused = HTTPResponse(401, [:], #"{"error":"invalid_client"}"#)
        func issued(_ count: Int) -> HTTPResponse { HTTPResponse(200, fresh, #"{"access_token":"\#(count)"}"#) }
        #expect(try found { count, _ in issued(count) } == ["token"])
        #expect(try found { _, _ in issued(1) } == ["answers-cached"])
        #expect(
            try found { count, _ in HTTPResponse(200, [:], issued(count).text) }
                == Array(repeating: "no-store-missing", count: 3)
        )
        #expect(try found { _, _ in refused } == ["state-differs"])
        #expect(try found(isOwn: false) { _, _ in refused } == ["client-refused"])
        func byBody(_ count: Int, _ request: HTTPRequest) -> HTTPResponse {
            request.headers.contains { $0.name == "Authorization" } ? refused : issued(count)
        }
        #expect(try found(byBody) == ["credentials-lost"])
        #expect(try found(isOwn: false, byBody) == ["token-one-way"])
    }

    @Test func `refusals that do not arrive are found`() throws {
        let id = try #require(ClientID("a"))
        func found(secret: HTTPResponse, size: HTTPResponse, origin: HTTPResponse, _ settings: Settings? = nil) throws
            -> [String]
        {
            let site = try site(settings: settings) { request in
                request.method == "OPTIONS" ? origin : request.body?.hasPrefix("padding") ?? false ? size : secret
            }
            return try names(RefusalAsk(site: site, id: id).findings())
        }
        let right = HTTPResponse(401, [:], #"{"error":"invalid_client"}"#)
        let large = HTTPResponse(413, [:], "{}")
        #expect(try found(secret: right, size: large, origin: HTTPResponse(405)) == ["refusals"])
        #expect(try found(secret: HTTPResponse(302), size: large, origin: HTTPResponse(405)) == ["refusal-altered"])
        #expect(
            try found(secret: right, size: large, origin: HTTPResponse(405), Settings()) == ["refusal-without-delay"]
        )
        #expect(try found(secret: right, size: HTTPResponse(413), origin: HTTPResponse(405)) == ["errors-not-json"])
        #expect(try found(secret: right, size: HTTPResponse(401), origin: HTTPResponse(405)) == ["body-limit-missing"])
        let open = HTTPResponse(204, ["access-control-allow-origin": "*"])
        #expect(try found(secret: right, size: large, origin: open) == ["origin-open"])
    }

    @Test(arguments: [
        ([HTTPResponse(200)], "location-open"), ([HTTPResponse(302, ["location": "/"])], "location-redirects"),
        ([HTTPResponse(500)], "check-fails"), ([HTTPResponse(403)], "location-forbidden"),
        ([HTTPResponse(404)], "location-not-checked"),
        ([HTTPResponse(401), HTTPResponse(401), HTTPResponse(401)], "challenge-missing"),
        (
            [HTTPResponse(401, ["www-authenticate": "Basic"]), HTTPResponse(401), HTTPResponse(401)],
            "location-asks-password"
        ),
        ([.denied, HTTPResponse(200), .denied], "forged-header-passes"),
        ([.denied, .denied, HTTPResponse(200)], "location-open"),
        ([.denied, .denied, .denied, .denied], "right-token-refused"),
        ([.denied, .denied, .denied, HTTPResponse(502), HTTPResponse(403), .denied], "application-fails"),
        ([.denied, .denied, .denied, HTTPResponse(200), HTTPResponse(200), .denied], "scope-not-checked"),
        ([.denied, .denied, .denied, HTTPResponse(200), HTTPResponse(403), HTTPResponse(200)], "location-cached"),
        ([.denied, .denied, .denied, HTTPResponse(404), HTTPResponse(403), .denied], "location"),
    ])
    func `a protected path is held to each rule`(answers: [HTTPResponse], name: String) throws {
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
                HTTPResponse(200, [:], request.url.hasSuffix("/revoke") ? "{}" : #"{"active":\#(rest.removeFirst())}"#)
            }
            let ask = LifecycleAsk(site: site, credentials: try credentials(isOwn: true))
            return try names(ask.findings("t") { () throws(HTTPFailure) in [] })
        }
        #expect(try found(["true", "false"]) == ["revocation"])
        #expect(try found(["false"]) == ["introspection-differs"])
        #expect(try found(["true", "true"]) == ["revocation-without-effect"])
    }

    @Test func `a failure of the network is one finding`() throws {
        let base = try #require(MountURL(MadeSite.base))
        let failures: [(HTTPFailure, String)] = [
            (.notResolved("x"), "host-unknown"), (.notConnected("x"), "connection-refused"),
            (.timedOut("x"), "no-answer"), (.cutShort("x"), "no-answer"), (.handshakeFailed("x"), "tls-handshake"),
            (.untrusted("x"), "certificate-untrusted"), (.unusableAuthority("x"), "authority-unusable"),
            (.other(3, "x"), "request-fails"), (.notHTTP, "request-fails"),
        ]
        for (failure, name) in failures { #expect(failure.finding(base)?.name == name) }
        #expect(HTTPFailure.stopped.finding(base) == nil)
    }
}

extension HTTPResponse {
    /// As a check refuses.
    fileprivate static let denied = HTTPResponse(401, ["www-authenticate": "Bearer realm=x"])
}
