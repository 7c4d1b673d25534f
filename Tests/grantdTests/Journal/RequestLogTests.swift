import Glibc
import Testing

@testable import Gateway
@testable import GrantCore
@testable import grantd

/// The details in the lines about requests.
struct RequestLogTests {
    private static let trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"

    private let fixture = HandlerFixture()

    private func denial(_ parameters: (String, String)..., token: String? = "live") -> String? {
        let authorization = token.map { [("HTTP_AUTHORIZATION", "Bearer \($0)")] } ?? []
        let before = fixture.lines.all.count
        #expect(fixture.respond(parameters + authorization).status >= 401)
        return fixture.lines.all.count == before + 1 ? fixture.lines.all.last : nil
    }

    @Test func `each line about a request has its trace`() {
        let trace = ("HTTP_TRACEPARENT", Self.trace)
        let token = [("PATH_INFO", "/token"), ("REQUEST_METHOD", "POST"), trace]
        #expect(fixture.respond(token).status >= 400)
        #expect(fixture.respond([("PATH_INFO", "/metadata"), ("REQUEST_METHOD", "GET"), trace]).status == 404)
        #expect(denial(("PATH_INFO", "/check"), trace, token: nil) != nil)
        #expect(denial(("FCGI_ROLE", "AUTHORIZER"), ("OAUTH_REQUIRE_SCOPE", ""), trace, token: "other") != nil)
        let lines = fixture.lines.all
        #expect(lines.count == 5)
        #expect(lines.allSatisfy { $0.hasSuffix(" traceparent=\(Self.trace)") })
    }

    @Test(arguments: ["", "x", "00-0AF7651916CD43DD8448EB211C80319C-B7AD6B7169203331-01", "client-secret"])
    func `a header that is not valid is left out`(value: String) throws {
        let line = try #require(denial(("PATH_INFO", "/check"), ("HTTP_TRACEPARENT", value), token: "other"))
        #expect(!line.contains("traceparent") && !line.contains("client-secret"))
    }

    @Test func `nginx's check says its own location, and the header of a proxy is the caller's`() {
        #expect(
            denial(
                ("PATH_INFO", "/check"),
                ("OAUTH_REQUIRE_SCOPE", "admin"),
                ("OAUTH_LOCATION", "/orders/1"),
                ("HTTP_X_FORWARDED_URI", "/elsewhere"),
                ("HTTPS", "on"),
                ("REQUEST_ID", "17")
            )
                == """
                info denied client=web-app location=/orders/1 needs=admin peer=127.0.0.1 \
                reason=the token lacks a scope that this needs request=17
                """
        )
    }

    @Test func `an Authorizer's line has the server's location and scopes, never what the caller says of them`() {
        let role = ("FCGI_ROLE", "AUTHORIZER")
        let forged = [("HTTP_X_FORWARDED_URI", "/elsewhere"), ("QUERY_STRING", "scope=other")]
        let secure = ("HTTPS", "on")
        let site = ("REQUEST_URI", "/orders/1?scope=other")
        #expect(
            denial(role, ("OAUTH_REQUIRE_SCOPE", "admin"), site, forged[0], forged[1], secure)
                == """
                info denied client=web-app location=/orders/1 needs=admin peer=127.0.0.1 \
                reason=the token lacks a scope that this needs
                """
        )
        #expect(
            denial(role, site, forged[0], forged[1], secure)
                == "error denied location=/orders/1 peer=127.0.0.1 reason=the site does not say which scope it asks for"
        )
    }

    @Test func `a check over HTTP has the scopes of its query, and the location that the proxy names`() {
        let asked = [("PATH_INFO", "/check"), ("QUERY_STRING", "scope=read+admin")]
        let reason = "peer=127.0.0.1 reason=the token lacks a scope that this needs"
        #expect(
            denial(
                asked[0],
                asked[1],
                ("HTTP_X_FORWARDED_URI", "/orders/1?key=secret"),
                ("HTTPS", "on"),
                ("REQUEST_URI", "/oauth2/check?x")
            )
                == "info denied client=web-app location=/orders/1 needs=read admin \(reason)"
        )
        for url in [
            "https://example.com/orders/1?key=secret", "http://[::1]:80/orders/1", "/orders/1", "a://b/orders/1?//c",
        ] {
            #expect(
                denial(asked[0], asked[1], ("HTTP_X_ORIGINAL_URL", url), ("HTTPS", "on"))
                    == "info denied client=web-app location=/orders/1 needs=read admin \(reason)"
            )
        }
        #expect(denial(asked[0], asked[1]) == "info denied client=web-app needs=read admin \(reason)")
        #expect(
            denial(asked[0], asked[1], ("REQUEST_URI", "/oauth2/check?scope=read+admin"))
                == "info denied client=web-app location=/oauth2/check needs=read admin \(reason)"
        )
    }

    @Test func `bytes that are not UTF-8 hide no location`() {
        let bytes = Array("OAUTH_LOCATION=/orders/".utf8) + [0xFF, 0x80] + Array("/x?secret".utf8)
        let request = GatewayRequest(parameters: parameters([bytes]), body: .whole([]), receivedAt: .now)
        #expect(request.checkedLocation == "/orders/\u{FFFD}\u{FFFD}/x")
    }

    /// Parameters as libfcgi holds them.
    private func parameters(_ strings: [[UInt8]]) -> GatewayParameters {
        var room = GatewayParameters.Storage()
        // Sound: the copies are read by the initializer, and freed after it.
        var pointers = unsafe strings.map { unsafe strdup(($0 + [0]).map(CChar.init(bitPattern:))) } + [nil]
        defer { unsafe pointers.forEach { unsafe free($0) } }
        return unsafe pointers.withUnsafeMutableBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return [:] }
            return unsafe GatewayParameters(copying: base, in: &room)
        }
    }
}
