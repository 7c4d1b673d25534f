import GrantCore
import Testing

@testable import grantctl

struct HashedLineTests {
    private static let hash = "$2y$05$aaaaaaaaaaaaaaaaaaaaau" + String(repeating: "a", count: 31)

    private func read(_ text: String) -> [(number: Int, content: Result<(ClientID, SecretHash), HashedLine.Refusal>)] {
        HashedLine.lines(in: Array(text.utf8))
    }

    @Test(arguments: [
        "web-app:\(hash)", "web-app:\(hash)\n", "web-app:\(hash)\r\n", "\n\n# from nginx\nweb-app:\(hash)\n\n",
        "web-app:\(hash):20000:0:99999:7:::\n",
    ])
    func `a line is an id and a hash`(text: String) throws {
        let lines = read(text)
        #expect(lines.count == 1)
        let (id, hash) = try #require(try lines.first?.content.get())
        #expect(id.value == "web-app" && hash == .crypt(Self.hash))
    }

    @Test(arguments: [
        ("web-app", "it has no colon"), (":\(hash)", "the text before the colon is not a client id"),
        ("a\tb:\(hash)", "the text before the colon is not a client id"),
        (
            "web-app:$2y$31$\(String(repeating: "a", count: 53))",
            "the hash of web-app costs too much: bcrypt's cost may be 13"
        ),
    ])
    func `what is no such line is refused by its number`(text: String, reason: String) {
        let lines = read("# comment\n\n\(text)\nok:\(Self.hash)\n")
        #expect(lines.map(\.number) == [3, 4])
        #expect(throws: HashedLine.Refusal(reason: reason)) { try lines[0].content.get() }
    }
}
