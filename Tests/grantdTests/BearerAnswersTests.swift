import Gateway
import GrantCore
import Testing

@testable import grantd

/// What nginx's `auth_request` and a FastCGI Authorizer's server are told.
struct BearerAnswersTests {
    private let fixture = HandlerFixture()

    private func check(
        _ authorization: String?,
        requiring scope: String? = nil,
        more: [(String, String)] = [],
        body: GatewayBody = .whole([]),
        in fixture: HandlerFixture? = nil
    ) -> GatewayResponse {
        (fixture ?? self.fixture).respond(
            [("PATH_INFO", "/check")] + more + (authorization.map { [("HTTP_AUTHORIZATION", $0)] } ?? [])
                + (scope.map { [("OAUTH_REQUIRE_SCOPE", $0)] } ?? []),
            body: body
        )
    }

    @Test func `a live token is a 204 with what it stands for`() {
        let answer = check("Bearer live", requiring: "write")
        #expect(answer.status == 204)
        #expect(answer.body.isEmpty)
        #expect(answer.header("X-OAuth-Client-Id") == "web-app")
        #expect(answer.header("X-OAuth-Scope") == "read write")
        #expect(answer.header("X-OAuth-Expires") == "1800000060")
        #expect(answer.header("Cache-Control") == "no-store")
    }

    @Test(arguments: [
        ("web-app", "web-app"), ("a b", "a%20b"), ("a%20b", "a%2520b"), ("zoë", "zo%C3%AB"),
        ("x:/+?,;=\"", "x:/+?,;=\""),
        ("e\u{301}", "e%CC%81"), ("\u{E9}", "%C3%A9"), ("\u{2028}", "%E2%80%A8"),
    ])
    func `an id is percent-encoded, so that no two look alike`(id: String, written: String) {
        let fixture = HandlerFixture(id: id)
        #expect(check("Bearer live", in: fixture).header("X-OAuth-Client-Id") == written)
    }

    @Test(
        arguments: [
            (nil, #"Bearer realm="site""#), ("Bearer other", #"error="invalid_token""#),
            ("Bearer", #"error="invalid_request""#),
        ] as [(String?, String)]
    )
    func `no good token is a 401 with its challenge`(authorization: String?, challenge: String) throws {
        let answer = check(authorization, requiring: "read")
        #expect(answer.status == 401)
        #expect(try #require(answer.header("WWW-Authenticate")).contains(challenge))
        #expect(answer.header("X-OAuth-Challenge") == nil)
        #expect(answer.body.isEmpty)
    }

    @Test func `an audience that the site asks for counts also without a scope, and before the query`() {
        let required = [("OAUTH_REQUIRE_AUDIENCE", "orders")]
        let answer = check("Bearer live", more: required)
        #expect(answer.status == 401 && answer.body.isEmpty)
        #expect(answer.header("WWW-Authenticate")?.contains(#"error="invalid_token""#) == true)
        #expect(check("Bearer live", more: required + [("QUERY_STRING", "audience=")]).status == 401)
        #expect(check("Bearer live", more: [("OAUTH_REQUIRE_AUDIENCE", "")]).status == 204)
        #expect(check("Bearer live", more: [("QUERY_STRING", "audience=orders")]).status == 401)
        #expect(check("Bearer live", requiring: "admin", more: required).status == 401)
        let malformed = check("Bearer live", more: [("OAUTH_REQUIRE_AUDIENCE", "a  b")])
        #expect(malformed.status == 403)
    }

    @Test func `a missing scope is a 403 with the challenge twice, since nginx hands on neither`() throws {
        let answer = check("Bearer live", requiring: "read admin")
        #expect(answer.status == 403)
        let challenge = try #require(answer.header("WWW-Authenticate"))
        #expect(challenge.contains(#"error="insufficient_scope""#))
        #expect(challenge.hasSuffix(#"scope="read admin""#))
        #expect(answer.header("X-OAuth-Challenge") == challenge)
    }

    @Test(arguments: ["GET", "HEAD", "POST", "PUT", "OPTIONS", "TRACE", "ANYTHING", ""])
    func `the site's method, type, query and body are nothing to a check`(method: String) {
        for body in [GatewayBody.whole([]), .whole(Array("access_token=live&scope=admin".utf8)), .tooLarge] {
            let more = [("REQUEST_METHOD", method), ("CONTENT_TYPE", "x"), ("QUERY_STRING", "access_token=live")]
            #expect(check("Bearer live", more: more, body: body).status == 204)
            #expect(check(nil, more: more, body: body).status == 401)
            #expect(check("Bearer live", requiring: "admin", more: more, body: body).status == 403)
        }
    }

    @Test(arguments: [
        ("scope=read", 204), ("scope=read+write", 204), ("scope=read%20write&x=y", 204), ("scope=", 204),
        ("scope", 204),
        ("scope=admin", 403), ("scope=read+admin", 403), ("scope=read&scope=admin", 403),
        ("scope=admin&scope=read", 403), ("scope=read&scope=write", 204), ("scope=&scope=read", 204), ("scope=+", 403),
        ("scope=%zz", 403), ("scope=read++write", 403), ("scope=%ff", 403), ("scopes=admin", 403), ("Scope=admin", 403),
        ("sco%70e=admin", 403), ("%zz=admin", 403), ("oauth_require_scope=admin", 403),
    ])
    func `another proxy asks by its query`(query: String, status: Int) {
        #expect(check("Bearer live", more: [("QUERY_STRING", query)]).status == status)
        #expect(check(nil, more: [("QUERY_STRING", query)]).status >= 401)
    }

    @Test func `another proxy hands a denial on, so that its body says what the challenge says`() {
        let lacking = check("Bearer live", more: [("QUERY_STRING", "scope=admin")])
        #expect(lacking.header("Content-Type") == "application/json")
        #expect(String(decoding: lacking.body, as: UTF8.self).hasPrefix(#"{"error":"insufficient_scope","#))
        #expect(
            String(decoding: check(nil).body, as: UTF8.self)
                == #"{"error_description":"no bearer token: send Authorization: Bearer TOKEN"}"#
        )
        #expect(check(nil).header("Cache-Control") == "no-store")
    }

    @Test func `the site's parameter comes before any query`() {
        #expect(check("Bearer live", requiring: "read", more: [("QUERY_STRING", "scope=admin")]).status == 204)
        #expect(check("Bearer live", requiring: "admin", more: [("QUERY_STRING", "scope=read")]).status == 403)
    }

    @Test(arguments: [
        ("X_FORWARDED_FOR", "203.0.113.9"), ("X_FORWARDED_PROTO", "https"), ("X_FORWARDED_PORT", "443"),
        ("FORWARDED", "for=203.0.113.9"), ("X_REAL_IP", "203.0.113.9"), ("VIA", "1.1 proxy"),
    ])
    func `a forwarded request is not local by its address, and what to do is said once`(name: String, value: String) {
        #expect(check("Bearer live", more: [("HTTP_" + name, value)]).status == 403)
        #expect(check("Bearer live", more: [("HTTP_" + name, value), ("HTTPS", "on")]).status == 204)
        #expect(check("Bearer live", more: [("GRANTD_FORWARDED", "1")]).status == 403)
        #expect(fixture.lines.all.filter { $0.contains("$grantd_https") }.count == 1)
        #expect(check("Bearer live", more: [("HTTP_" + name, "")]).status == 204)
    }

    @Test func `a denial says where it was and which scope was needed`() {
        _ = check("Bearer live", requiring: "admin", more: [("REQUEST_URI", "/orders/1?secret=x")])
        _ = check(
            "Bearer live",
            more: [("OAUTH_LOCATION", "/a"), ("REQUEST_URI", "/b"), ("QUERY_STRING", "scope=admin")]
        )
        #expect(
            fixture.lines.all.map { $0.contains("location=/orders/1 ") && $0.contains("needs=admin") } == [true, false]
        )
        #expect(fixture.lines.all.last?.contains("location=/a ") == true)
        #expect(fixture.lines.all.allSatisfy { !$0.contains("secret") })
    }

    @Test(arguments: [" Bearer live", "Bearer live ", "Bearer live\t \t", "\tBearer  live"])
    func `white space around the header's value is not part of it`(authorization: String) {
        #expect(check(authorization).status == 204)
    }

    @Test func `where the site asks for what is no scope, nobody passes and the log says so`() {
        #expect(check("Bearer live", requiring: "read  write").status == 403)
        #expect(fixture.lines.all.count == 1)
        #expect(fixture.lines.all[0].hasPrefix("error denied"))
    }

    @Test func `a store that fails denies, with the cause in the log`() {
        fixture.tokens.failure = .unavailable("pread 6-1.slots: EIO")
        let answer = check("Bearer live")
        #expect(answer.status == 503)
        #expect(answer.header("WWW-Authenticate") == nil)
        #expect(fixture.lines.all == ["error denied peer=127.0.0.1 reason=pread 6-1.slots: EIO"])
    }

    @Test func `an Authorizer is told by Variable- headers, wherever the request goes`() {
        for path in ["/check", "/token", "/the/site's/own", ""] {
            let more = [("FCGI_ROLE", "AUTHORIZER"), ("PATH_INFO", path), ("REQUEST_METHOD", "POST")]
            let answer = fixture.respond(
                more + [("HTTP_AUTHORIZATION", "Bearer live"), ("OAUTH_REQUIRE_SCOPE", "")]
            )
            #expect(answer.status == 200)
            #expect(answer.header("Variable-OAUTH_CLIENT_ID") == "web-app")
            #expect(answer.header("Variable-OAUTH_SCOPE") == "read write")
            #expect(answer.header("Variable-OAUTH_EXPIRES") == "1800000060")
            let denied = fixture.respond(more + [("OAUTH_REQUIRE_SCOPE", "")])
            #expect(denied.status == 401)
            #expect(denied.header("WWW-Authenticate") == #"Bearer realm="site""#)
            #expect(denied.text == #"{"error_description":"no bearer token: send Authorization: Bearer TOKEN"}"#)
            let lacking = [("HTTP_AUTHORIZATION", "Bearer live"), ("OAUTH_REQUIRE_SCOPE", "admin")]
            let forbidden = fixture.respond(more + lacking)
            #expect(forbidden.status == 403)
            #expect(forbidden.header("WWW-Authenticate")?.hasSuffix(#"scope="admin""#) == true)
            #expect(forbidden.header("X-OAuth-Challenge") == nil)
        }
    }

    @Test func `where an Authorizer's server says no scope, not even none, nobody passes and the log says so`() {
        let answer = fixture.respond([("FCGI_ROLE", "AUTHORIZER"), ("HTTP_AUTHORIZATION", "Bearer live")])
        #expect(answer.status == 403)
        #expect(
            fixture.lines.all == ["error denied peer=127.0.0.1 reason=the site does not say which scope it asks for"]
        )
    }

    @Test(arguments: ["RESPONDER", "FILTER", "authorizer", ""])
    func `no other role is an Authorizer's`(role: String) {
        #expect(check("Bearer live", more: [("FCGI_ROLE", role)]).status == 204)
    }
}
