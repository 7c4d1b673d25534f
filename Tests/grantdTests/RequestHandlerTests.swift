import Gateway
import GrantCore
import Testing

@testable import grantd

struct RequestHandlerTests {
    private let fixture = HandlerFixture(issuer: "https://example.com/oauth2")

    @Test(arguments: [
        ("/token", "grant_type=client_credentials", #""access_token":"issued""#),
        ("/introspect", "token=live", #""iss":"https://example.com/oauth2""#),
        ("/introspect", "token=other", #"{"active":false}"#),
        ("/revoke", "token=live", "{}"),
        ("/revoke", "token=other", "{}"),
    ])
    func `what takes credentials answers a form`(path: String, form: String, told: String) {
        let answer = fixture.post(path, form)
        #expect(answer.status == 200)
        #expect(answer.text.contains(told))
        #expect(answer.header("Content-Type") == "application/json")
        #expect(answer.header("Cache-Control") == "no-store")
        #expect(answer.header("Pragma") == "no-cache")
        #expect(answer.heldUntil == nil)
    }

    @Test(arguments: [("/metadata", #"{"issuer":"https://example.com/oauth2","#), ("/health", #"{"status":"ok"}"#)])
    func `what tells of the service answers a GET and a HEAD`(path: String, told: String) {
        for method in ["GET", "HEAD"] {
            let answer = fixture.respond([("PATH_INFO", path), ("REQUEST_METHOD", method)])
            #expect(answer.status == 200)
            #expect(answer.text.hasPrefix(told))
        }
    }

    @Test(arguments: [
        ("/token", "GET", "POST"), ("/introspect", "GET", "POST"), ("/introspect", "PUT", "POST"),
        ("/revoke", "DELETE", "POST"), ("/metadata", "POST", "GET, HEAD"), ("/health", "POST", "GET, HEAD"),
        ("/health", "OPTIONS", "GET, HEAD"), ("/metadata", "", "GET, HEAD"),
    ])
    func `another method is a 405 that names the right ones`(path: String, method: String, allowed: String) {
        let answer = fixture.respond([("PATH_INFO", path), ("REQUEST_METHOD", method)])
        #expect(answer.status == 405)
        #expect(answer.header("Allow") == allowed)
    }

    @Test(arguments: ["", "/", "/check/", "/CHECK", "/tokens", "/token/", "//token", "/health/x"])
    func `another path is a 404`(path: String) {
        #expect(fixture.respond([("PATH_INFO", path), ("REQUEST_METHOD", "POST")]).status == 404)
        #expect(fixture.respond([("REQUEST_METHOD", "POST")]).status == 404)
    }

    @Test func `a site that sends no PATH_INFO is told so by the log`() {
        let told = { fixture.lines.all.filter { $0.contains("sends no PATH_INFO") }.count }
        #expect(fixture.respond([("PATH_INFO", "/tokens"), ("REQUEST_METHOD", "POST")]).status == 404)
        #expect(told() == 0)
        #expect(fixture.respond([("REQUEST_METHOD", "POST"), ("SCRIPT_NAME", "/oauth2/token")]).status == 404)
        #expect(told() == 1)
        #expect(fixture.respond([("REQUEST_METHOD", "POST"), ("PATH_INFO", "")]).status == 404)
        #expect(told() == 2)
    }

    @Test(arguments: ["/token", "/introspect", "/revoke"])
    func `a failed authentication is answered at the fixed time`(path: String) throws {
        let before = ContinuousClock.now
        let answer = fixture.post(path, "grant_type=client_credentials&token=live", secret: "wrong")
        #expect(answer.status == 401)
        #expect(answer.header("WWW-Authenticate") == #"Basic realm="site", charset="UTF-8""#)
        #expect(try #require(answer.heldUntil) >= before + .milliseconds(100))
    }

    @Test(arguments: ["/token", "/introspect", "/revoke"])
    func `a body over the limit is a 413`(path: String) {
        let answer = fixture.respond(
            [
                ("PATH_INFO", path), ("REQUEST_METHOD", "POST"),
                ("CONTENT_TYPE", "application/x-www-form-urlencoded"),
            ],
            body: .tooLarge
        )
        #expect(answer.status == 413)
    }

    @Test func `without an issuer there is no metadata, and the log says why`() {
        let fixture = HandlerFixture()
        #expect(fixture.respond([("PATH_INFO", "/metadata"), ("REQUEST_METHOD", "GET")]).status == 404)
        #expect(fixture.lines.all.contains { $0.contains("GRANTD_ISSUER is not set") })
    }

    @Test func `where no token can be issued, health is a 503 with a reason, and the log has the cause`() {
        fixture.tokens.failure = .full("pwrite 6-1.slots: ENOSPC")
        let answer = fixture.respond([("PATH_INFO", "/health"), ("REQUEST_METHOD", "GET")])
        #expect(answer.status == 503)
        #expect(answer.header("Retry-After") == "5")
        #expect(answer.text == #"{"status":"failing","reason":"there is no room for another token"}"#)
        #expect(fixture.lines.all.count == 1)
        #expect(fixture.lines.all[0].hasPrefix("error refused"))
        #expect(fixture.lines.all[0].contains("ENOSPC"))
    }

    @Test(arguments: [
        ("/token", "grant_type=client_credentials"), ("/introspect", "token=live"), ("/revoke", "token=live"),
    ])
    func `a store that fails is a 503, and a failed sync ends the worker`(path: String, form: String) {
        fixture.tokens.failure = .unavailable("EIO")
        let unavailable = fixture.post(path, form)
        #expect(unavailable.status == 503)
        #expect(unavailable.header("Retry-After") == "5")
        #expect(!unavailable.endsWorker)
        fixture.tokens.failure = .syncFailed("EIO")
        #expect(fixture.post(path, form).endsWorker)
        #expect(fixture.respond([("PATH_INFO", "/health"), ("REQUEST_METHOD", "GET")]).endsWorker)
    }

    @Test func `the log names the client and never a token or a secret`() {
        _ = fixture.post("/token", "grant_type=client_credentials")
        _ = fixture.post("/introspect", "token=live")
        _ = fixture.post("/revoke", "token=live")
        _ = fixture.post("/revoke", "token=live", secret: "wrong")
        let lines = fixture.lines.all
        #expect(lines.count == 4)
        #expect(lines[2] == "info revoked client=web-app live=true peer=127.0.0.1")
        #expect(lines[3].contains("reason=wrong secret"))
        #expect(!lines.contains { $0.contains("client-secret") || $0.contains("=live") || $0.contains("=issued") })
    }
}
