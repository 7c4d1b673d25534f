import Testing

@testable import Encoding

/// RFC 8259 §4 and §7.
struct JSONObjectTests {
    @Test func `members stand in the order in which they were added`() {
        var object = JSONObject()
        #expect(object.text == "{}")
        object.add("b", "text")
        object.add("a", -5)
        object.add("c", true)
        object.add("d", false)
        object.add("e", ["x", "y"])
        object.add("f", [String]())
        object.add("g", Int64.max)
        #expect(
            object.text
                == #"{"b":"text","a":-5,"c":true,"d":false,"e":["x","y"],"f":[],"g":9223372036854775807}"#
        )
    }

    @Test(arguments: [
        ("\"", #"\""#), ("\\", #"\\"#), ("\n", #"\u000a"#), ("\u{0}", #"\u0000"#), ("\u{1F}", #"\u001f"#),
        ("/", "/"), ("\u{7F}", #"\u007f"#), ("\u{9B}2J", #"\u009b2J"#), ("\u{A0}", "\u{A0}"), ("\u{2028}", #"\u2028"#),
        ("\u{202E}x", #"\u202ex"#), ("\u{AD}\u{200B}\u{2066}", #"\u00ad\u200b\u2066"#), ("\u{E0041}", #"\udb40\udc41"#),
        ("ü€😀", "ü€😀"), ("e\u{301}", "e\u{301}"), ("\"\u{301}", "\\\"\u{301}"),
        ("\r\n", #"\u000d\u000a"#),
    ])
    func `a string is escaped where it has to be and nowhere else`(text: String, written: String) {
        var object = JSONObject()
        object.add("a", text)
        #expect(object.text.unicodeScalars.elementsEqual("{\"a\":\"\(written)\"}".unicodeScalars))
        var named = JSONObject()
        named.add(text, [text])
        #expect(named.text.unicodeScalars.elementsEqual("{\"\(written)\":[\"\(written)\"]}".unicodeScalars))
    }

    @Test func `any string is read back as it was`() throws {
        let scalars = (0...0x2FFF).compactMap { Unicode.Scalar(UInt32($0)) }
        for start in stride(from: 0, to: scalars.count, by: 97) {
            var text = ""
            text.unicodeScalars.append(contentsOf: scalars[start..<min(start + 97, scalars.count)])
            var object = JSONObject()
            object.add("scope", text)
            guard case .object(let members) = try JSONDocument(Array(object.text.utf8)),
                case .string(let read)? = members["scope"]
            else {
                Issue.record("the object is read")
                return
            }
            #expect(read.utf8.elementsEqual(text.utf8))
        }
    }
}
