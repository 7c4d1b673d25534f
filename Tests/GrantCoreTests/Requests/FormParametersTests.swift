import Testing

@testable import GrantCore

/// RFC 6749 §3.2 and appendix B.
struct FormParametersTests {
    static let known: [Parameter] = [.grantType, .clientID, .clientSecret, .scope]

    private func parse(_ body: [UInt8]) throws(OAuthError) -> RequestParameters {
        try FormParameters.parse(body[...], known: Self.known)
    }

    @Test(arguments: [
        ("", nil),
        ("scope=a", "a"),
        ("scope=a+b%20c%2Bd", "a b c+d"),
        ("sc%6fpe=a", "a"),
        ("scope=%C3%BC%e2%82%ac", "ü€"),
        ("scope=a=b=c", "a=b=c"),
        ("&&scope=a&&", "a"),
        ("scope", nil),
        ("scope=", nil),
        ("Scope=a", nil),
        ("scope[]=a", nil),
        ("scope =a", nil),
        ("scope=a;grant_type=b", "a;grant_type=b"),
        ("scope=a\r\n", "a\r\n"),
        ("scope=a%00b", "a\u{0}b"),
    ])
    func `a form is read as it is encoded`(body: String, scope: String?) throws {
        #expect(try parse(Array(body.utf8))[.scope] == scope)
    }

    @Test(arguments: [
        "x=1&x=2&scope=a", "resource=r&scope=a&resource=r", "=1&=2&scope=a", "x=%zz&scope=a", "scope=a&x=%FF",
        "x&x&scope=a", "token=1&token=2&scope=a",
    ])
    func `an unknown parameter is passed over, whatever it holds and however often it comes`(body: String) throws {
        #expect(try parse(Array(body.utf8))[.scope] == "a")
    }

    @Test func `a parameter that the endpoint does not know is unknown`() throws {
        let parameters = try FormParameters.parse(Array("scope=a&scope=b&client_id=c".utf8)[...], known: [.clientID])
        #expect(parameters[.clientID] == "c")
        #expect(parameters[.scope] == nil)
    }

    @Test(arguments: [
        "scope=a&scope=b", "scope=a&scope=a", "scope=a&x=1&scope=b", "scope=a&sc%6Fpe=b", "scope=&scope=a",
        "scope&scope", "scope=a&scope",
    ])
    func `a known parameter that is repeated is named`(body: String) {
        #expect(throws: OAuthError.invalidRequest("scope is repeated")) { try parse(Array(body.utf8)) }
    }

    @Test(arguments: FormParametersTests.known)
    func `every known parameter may come once`(parameter: Parameter) throws {
        let once = Array("\(parameter.rawValue)=1".utf8)
        #expect(try parse(once)[parameter] == "1")
        #expect(throws: OAuthError.invalidRequest("\(parameter.rawValue) is repeated")) {
            try parse(once + Array("&".utf8) + once)
        }
    }

    @Test(arguments: ["%", "%2", "%zz", "%2g", "%g2", "% 20", "%+1", "%%20", "a%", "%FF", "%C3", "%C0%AF", "%ED%A0%80"])
    func `a value with a broken escape or without UTF-8 is refused by name`(value: String) {
        #expect(throws: OAuthError.invalidRequest("client_secret is not well encoded")) {
            try parse(Array("client_secret=\(value)".utf8))
        }
    }

    @Test func `raw bytes are held to UTF-8 as well`() throws {
        #expect(try parse(Array("scope=ü".utf8))[.scope] == "ü")
        #expect(throws: OAuthError.invalidRequest("scope is not well encoded")) {
            try parse(Array("scope=".utf8) + [0xFC])
        }
    }

    @Test(arguments: ["%=1&scope=a", "sc%zzope=a", "scope=a&%FF=1", "scope=a&%"])
    func `a name that cannot be read might be any, and is refused`(body: String) {
        #expect(throws: OAuthError.invalidRequest("the form is not well encoded")) { try parse(Array(body.utf8)) }
    }
}
