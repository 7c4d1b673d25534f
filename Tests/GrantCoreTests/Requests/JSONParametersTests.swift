import JSONCorpus
import Testing

@testable import GrantCore

/// A JSON object as parameters: RFC 8259 for the text, RFC 6749 §3.2 for what it says.
struct JSONParametersTests {
    private func parse(_ body: some Sequence<UInt8>) throws(OAuthError) -> RequestParameters {
        try JSONParameters.parse(Array(body), known: [.grantType, .clientID, .clientSecret, .scope])
    }

    @Test(arguments: JSONTexts.values)
    func `an unknown member is ignored whatever it holds`(value: String) throws {
        for body in [#"{"x":\#(value),"scope":"a"}"#, #"{"scope":"a","x":\#(value)}"#] {
            #expect(try parse(body.utf8)[.scope] == "a")
        }
    }

    @Test(arguments: JSONTexts.brokenValues)
    func `a text that is no JSON is refused even in an unknown member`(value: String) {
        for body in [#"{"x":\#(value),"scope":"a"}"#, #"{"scope":"a","x":\#(value)}"#] {
            #expect(throws: OAuthError.invalidRequest("the body is not well-formed JSON")) { try parse(body.utf8) }
        }
    }

    @Test(arguments: JSONTexts.brokenBodies)
    func `a body that is not one object is refused`(body: String) {
        #expect(throws: OAuthError.self) { try parse(body.utf8) }
    }

    @Test(arguments: ["null", "[]", "\"a\"", "1", "", "\u{FEFF}{}"])
    func `a body of another kind is told so`(body: String) {
        let description =
            "the body is not a JSON object; the Content-Type of a form is application/x-www-form-urlencoded"
        #expect(throws: OAuthError.invalidRequest(description)) { try parse(body.utf8) }
    }

    @Test(arguments: ["{}", " {} ", "\r\n\t{\r\n\t}\r\n\t", #"{"x":1}"#])
    func `an object without known members has no parameters`(body: String) throws {
        let parameters = try parse(body.utf8)
        for name in Parameter.allCases { #expect(parameters[name] == nil) }
    }

    @Test(arguments: [
        (#""read""#, "read"),
        (#""\u0072\u0065\u0061\u0064""#, "read"),
        (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{C}\n\r\t"),
        (#""\u00e9\u20AC\ud834\uDD1E""#, "é€𝄞"),
        (#""\uDBFF\uDFFF\uD800\uDC00""#, "\u{10FFFF}\u{10000}"),
        (#""a\u0000b""#, "a\u{0}b"),
        ("\"é€𝄞\u{7F}\"", "é€𝄞\u{7F}"),
        (#""a+b%20c""#, "a+b%20c"),
        (#""""#, nil),
    ])
    func `a string is read with its escapes undone, and an empty one is as if omitted`(text: String, value: String?)
        throws
    {
        #expect(try parse(#"{"scope":\#(text)}"#.utf8)[.scope] == value)
    }

    @Test(arguments: ["true", "false", "1", "[]", #"["a"]"#, "{}", "-0.1e2"])
    func `a known member that is no string is named`(value: String) {
        #expect(throws: OAuthError.invalidRequest("scope is not a string")) { try parse(#"{"scope":\#(value)}"#.utf8) }
    }

    @Test(arguments: [
        #"{"scope":"a","scope":"b"}"#, #"{"scope":"a","scope":"a"}"#, #"{"scope":"a","x":{},"scope":"b"}"#,
        #"{"scope":"a","sc\u006fpe":"b"}"#, #"{"sc\u006Fpe":"a","\u0073cope":"b"}"#, #"{"scope":"","scope":"a"}"#,
    ])
    func `a known member that is repeated is named, also when it is spelled with escapes`(body: String) {
        #expect(throws: OAuthError.invalidRequest("scope is repeated")) { try parse(body.utf8) }
    }

    @Test(arguments: [
        #"{"x":1,"x":2,"scope":"a"}"#, #"{"Scope":"b","scope":"a"}"#, #"{"scope ":"b","scope":"a"}"#,
        #"{"x":{"scope":"b","scope":"c"},"scope":"a"}"#, #"{"scope\u0000":"b","scope":"a"}"#, #"{"":1,"scope":"a"}"#,
    ])
    func `only the object's own members of exactly that name are the parameters`(body: String) throws {
        #expect(try parse(body.utf8)[.scope] == "a")
    }

    @Test(
        arguments: [
            [0xFF], [0xC3], [0xC0, 0xAF], [0xE2, 0x82], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0x80],
        ] as [[UInt8]]
    )
    func `bytes that are not UTF-8 are refused`(bytes: [UInt8]) {
        let body = Array(#"{"x":""#.utf8) + bytes + Array(#""}"#.utf8)
        #expect(throws: OAuthError.invalidRequest("the body is not UTF-8")) { try parse(body) }
    }

    @Test func `UTF-16 is refused`() {
        #expect(throws: OAuthError.self) { try parse([0x7B, 0, 0x7D, 0]) }
        #expect(throws: OAuthError.self) { try parse([0, 0x7B, 0, 0x7D]) }
        #expect(throws: OAuthError.self) { try parse([0xFF, 0xFE, 0x7B, 0, 0x7D, 0]) }
    }

    @Test(arguments: [("[", "]"), (#"{"a":"#, "}")])
    func `arrays and objects may stand 32 deep, and no deeper`(opening: String, closing: String) throws {
        func body(_ depth: Int) -> String {
            let start = String(repeating: opening, count: depth - 1)
            let end = String(repeating: closing, count: depth - 1)
            return #"{"x":\#(start)1\#(end),"scope":"a"}"#
        }
        #expect(try parse(body(32).utf8)[.scope] == "a")
        for depth in [33, 1000, 200_000] {
            #expect(throws: OAuthError.invalidRequest("the body is not well-formed JSON")) {
                try parse(body(depth).utf8)
            }
        }
    }
}
