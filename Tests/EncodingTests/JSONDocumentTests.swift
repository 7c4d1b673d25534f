import JSONCorpus
import Testing

@testable import Encoding

struct JSONDocumentTests {
    private func fault(_ text: String) -> JSONDocument.Fault? {
        do throws(JSONDocument.Fault) {
            _ = try JSONDocument(Array(text.utf8))
            return nil
        } catch {
            return error
        }
    }

    @Test(arguments: ["", "\u{FEFF}", " \n"], ["", "\n"])
    func `a text is read as it stands`(before: String, after: String) throws {
        let text = #"{"a":[1,-0.5e3,true,false,null,"x\u00e9",{}],"b":{"c":""}}"#
        let expected = JSONDocument.object([
            "a": .array([
                .number("1"), .number("-0.5e3"), .bool(true), .bool(false), .null, .string("x\u{E9}"), .object([:]),
            ]),
            "b": .object(["c": .string("")]),
        ])
        #expect(try JSONDocument(Array((before + text + after).utf8)) == expected)
    }

    @Test(arguments: JSONTexts.brokenValues)
    func `a value that is not JSON is malformed, wherever it stands`(value: String) {
        for text in [#"{"a":\#(value)}"#, #"{"a":[1,{"b":\#(value)}]}"#, "[1,\(value)]"] {
            #expect(fault(text) == .malformed, "\(text)")
        }
    }

    @Test(arguments: [
        "[1,]", "{\"a\":1,}", "[,]", "{,}", "[1 2]", "{\"a\" 1}", "{a:1}", "{} {}", "[1]x", "", "\u{FEFF}", "\\",
    ])
    func `what trails, lacks or follows is malformed`(text: String) {
        #expect(fault(text) == .malformed)
    }

    @Test func `bytes that are not UTF-8 are malformed`() {
        #expect(throws: JSONDocument.Fault.malformed) { try JSONDocument([0x22, 0xFF, 0x22]) }
    }

    @Test(arguments: [
        ("{\n\"a\": 1,\n}", "line 3, and delete the comma before the closing bracket"),
        ("[1,\n2, ]", "line 2, and delete the comma before the closing bracket"), ("{\"a\": 1\n\"b\": 2}", "line 2"),
        ("{}\n\n{}", "line 3"), ("", "line 1"), ("\u{FEFF}{\"a\":\n", "line 2"),
    ])
    func `the place of a fault is said in words`(text: String, place: String) {
        #expect(JSONDocument.placeOfFault(in: Array(text.utf8)) == place)
        #expect(JSONDocument.placeOfFault(in: [0x22, 0xFF]) == "its characters, which are not UTF-8")
    }

    @Test func `depth is bounded`() {
        func nested(_ depth: Int) -> String {
            String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        }
        #expect(fault(nested(32)) == nil)
        #expect(fault(nested(33)) == .malformed)
        #expect(fault(nested(100_000)) == .malformed)
        #expect(fault(String(repeating: #"{"a":"#, count: 33) + "1" + String(repeating: "}", count: 33)) == .malformed)
    }

    @Test(arguments: [
        (#"{"a":1,"a":1}"#, "a"), (#"{"a":1,"\u0061":2}"#, "a"), (#"[{"b":{"c":1,"d":2,"c":3}}]"#, "c"),
        (#"{"":1,"":1}"#, ""),
    ])
    func `a repeated member is named`(text: String, name: String) {
        #expect(fault(text) == .repeatedMember(name))
    }
}
