import Encoding
import GrantCore
import Testing

/// RFC 7519 §4.1.3, RFC 8707 §2.
struct AudienceTests {
    @Test(
        arguments: [
            ([], []), (["orders"], ["orders"]), (["b", "a"], ["b", "a"]), (["a", "b", "a"], ["a", "b"]),
            (["a", "A"], ["a", "A"]),
            (["https://api.example.com/orders?x=1&y=[2]"], ["https://api.example.com/orders?x=1&y=[2]"]),
        ] as [([String], [String])]
    )
    func `names are kept once each, in their order`(given: [String], names: [String]) {
        #expect(Audience(given)?.names == names)
    }

    @Test(arguments: ["", " ", "a b", "a\t", "a\n", "a\"", "a\\", "é", "\u{7F}", String(repeating: "a", count: 513)])
    func `a name is 1 to 512 visible ASCII characters, without quotation marks and backslashes`(name: String) {
        #expect(Audience([name]) == nil && Audience(["a", name]) == nil && !Audience.isName(name))
    }

    @Test func `names are few, and short together`() {
        #expect(Audience((0..<32).map(String.init))?.names.count == 32)
        #expect(Audience((0..<33).map(String.init)) == nil)
        let long = ["a", "b", "c"].map { $0 + String(repeating: "x", count: 511) }
        #expect(Audience(long + [String(repeating: "y", count: 509)])?.names.count == 4)
        #expect(Audience(long + [String(repeating: "y", count: 510)]) == nil)
    }

    @Test(arguments: [("", []), ("a", ["a"]), ("a b", ["a", "b"])] as [(String, [String])])
    func `a site's configuration separates them by single spaces`(text: String, names: [String]) {
        #expect(Audience(separatedBySpaces: text)?.names == names)
    }

    @Test(arguments: [" ", " a", "a ", "a  b", "a\tb", "a,\"b\"", "\u{FFFD}"])
    func `and by nothing else`(text: String) {
        #expect(Audience(separatedBySpaces: text) == nil)
    }

    @Test(arguments: [
        ("a", "a", true), ("a", "b a", true), ("a b", "c b", true), ("a", "b", false), ("a", "A", false),
        ("https://a", "https://a/", false), ("a", "", false), ("", "a", false), ("", "", true), ("a b", "", false),
    ])
    func `a token is for a service that has one of its names; one without names for a service without`(
        token: String,
        services: String,
        isAccepted: Bool
    ) throws {
        let (token, services) = (Audience(separatedBySpaces: token), Audience(separatedBySpaces: services))
        #expect(try #require(token).isAccepted(by: #require(services)) == isAccepted)
    }

    @Test(arguments: [
        "https://api.example.com", "https://api.example.com/orders?x=1", "urn:example:orders", "a:b", "A1+-.:x",
        "api://orders",
        "http://[::1]:8080/",
    ])
    func `a resource is an absolute URI`(text: String) {
        #expect(Audience.isResource(text))
    }

    @Test(arguments: [
        "", "orders", "/orders", "//api.example.com/", "https:", ":x", "1a:b", "a_b:c", "-a:b", "é:x",
        "https://api.example.com/#", "https://api.example.com/#x", "https://api.example.com/a b", "https://a/\"",
        "a b:c",
        "https://" + String(repeating: "a", count: 512),
    ])
    func `without a fragment, and nothing else`(text: String) {
        #expect(!Audience.isResource(text))
    }

    @Test func `one name is a string in JSON, several are an array, and none is not there`() throws {
        for (text, json) in [("", "{}"), ("a", #"{"aud":"a"}"#), ("b a", #"{"aud":["b","a"]}"#)] {
            var object = JSONObject()
            object.add(audience: try #require(Audience(separatedBySpaces: text)))
            #expect(object.text == json)
        }
    }
}
