import Encoding
import Testing

@testable import grantctl

@Suite struct NamedValuesTests {
    private let rows = [["client", "web-app"], ["scope", "orders.read orders.write stock.read"], ["", ""]]

    @Test func `Anywhere but on a terminal each value is one line`() {
        #expect(NamedValues(rows: [["a", "b"], ["long", "c d"]]).text(width: nil) == "a     b\nlong  c d")
    }

    @Test func `A value that is too long goes on under its beginning`() {
        #expect(
            NamedValues(rows: rows).text(width: 24).split(separator: "\n").prefix(4)
                == ["client  web-app", "scope   orders.read", "        orders.write", "        stock.read"]
        )
    }

    @Test func `A word is never broken, so that it can be copied`() {
        let word = String(repeating: "x", count: 60)
        #expect(NamedValues(rows: [["id", "a \(word) b"]]).text(width: 40) == "id  a\n    \(word)\n    b")
    }

    @Test func `With hardly any room, no line is broken`() {
        #expect(NamedValues(rows: [["client", "a b c d"]]).text(width: 12) == "client  a b c d")
    }

    @Test(arguments: OddText.all)
    func `No text can move the cursor`(text: String) {
        let printed = NamedValues(rows: [["name", text]]).text(width: 40)
        #expect(printed.unicodeScalars.allSatisfy { $0.isPrintable || $0 == "\n" })
    }
}
