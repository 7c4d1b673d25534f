import GrantCore
import Testing

struct ClientIDTests {
    @Test(arguments: [
        "a", "web-app", "a:b", "100%", "a+b/c d", "Müller", "客户", "🤖", " ",
        String(repeating: "x", count: 250), String(repeating: "ü", count: 125),
    ])
    func `an id is 1 to 250 bytes of UTF-8`(text: String) {
        #expect(ClientID(text)?.value == text)
    }

    @Test(arguments: [
        "", String(repeating: "x", count: 251), String(repeating: "ü", count: 126),
        "a\u{0}b", "a\nb", "a\r", "\t", "\u{1B}[31m", "a\u{7F}", "a\u{85}b", "\u{9B}31m",
    ])
    func `an id is not empty, not longer, and without control characters`(text: String) {
        #expect(ClientID(text) == nil)
    }

    @Test func `two spellings of one letter are two ids`() {
        let (composed, decomposed): (ClientID, ClientID) = ("caf\u{E9}", "cafe\u{301}")
        #expect(composed != decomposed)
        #expect(Set([composed, decomposed]).count == 2)
        #expect(composed == "caf\u{E9}")
    }

    @Test func `ids are compared with their case`() {
        let (lower, upper): (ClientID, ClientID) = ("web-app", "Web-App")
        #expect(lower != upper)
    }
}
