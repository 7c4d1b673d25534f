import Encoding
import GrantCore
import Testing

@testable import grantctl

@Suite struct TableTests {
    @Test func `Columns are as wide as their widest cell, and no line ends in spaces`() {
        #expect(Table.text([["A", "B", "C"], ["long", "ü", ""], ["x"]]) == "A     B  C\nlong  ü\nx")
    }

    @Test(arguments: [
        ("web-app", "web-app"), ("mü ller", "mü ller"), ("a\u{1B}[2Jb", "a\u{FFFD}[2Jb"), ("a\nb", "a\u{FFFD}b"),
        ("a\u{9B}b", "a\u{FFFD}b"), ("a\u{202E}b", "a\u{FFFD}b"), ("a\u{2028}b", "a\u{FFFD}b"),
    ])
    func `No text can move the cursor or hide another`(text: String, printed: String) {
        #expect(text.printable == printed)
        #expect(Table.text([[text]]) == printed)
    }

    private let clients = [
        ["CLIENT", "STATE", "SCOPE", "NAME"],
        ["a-long-client-id", "active", "orders.read orders.write stock.read", "The shop"],
        ["b", "disabled", "stock.read", ""],
    ]

    @Test func `On a narrow terminal scopes are cut first, and ids are not`() {
        let table = Table(clients, cutting: [2, 3])
        #expect(table.text(width: nil, .unicode) == Table.text(clients))
        #expect(
            table.text(width: 52, .unicode) == """
                CLIENT            STATE     SCOPE           NAME
                a-long-client-id  active    orders.read o…  The shop
                b                 disabled  stock.read
                """
        )
        #expect(
            table.text(width: 40, .ascii) == """
                CLIENT            STATE     SCOPE  NAME
                a-long-client-id  active    orde~  The ~
                b                 disabled  stoc~
                """
        )
        #expect(table.text(width: 24, .ascii).contains("a-long-client-id  act"))
    }

    @Test(arguments: OddText.all, [1, 2, 8, 20, 40, 80])
    func `No line is wider than the terminal, whatever the cells`(text: String, width: Int) {
        let rows = [["CLIENT", "STATE", "SCOPE", "NAME"], [text, "active", text, text], ["b", "unusable: \(text)"]]
        for line in Table(rows, cutting: [2, 3]).text(width: width, .unicode).split(separator: "\n") {
            #expect(String(line).displayWidth <= width)
        }
    }

    @Test func `A row's last cell may reach into the columns that it lacks`() {
        let rows = [["CLIENT", "STATE", "NAME"], ["a", "active", "A"], ["b", "unusable: it is not JSON"]]
        #expect(Table.text(rows) == "CLIENT  STATE   NAME\na       active  A\nb       unusable: it is not JSON")
        #expect(Table(rows).text(width: 20, .ascii).hasSuffix("b       unusable: i~"))
    }

    @Test func `Wide letters take two columns`() {
        #expect(Table.text([["日本", "x"], ["abcd", "y"]]) == "日本  x\nabcd  y")
    }

    @Test func `Times are UTC in whole seconds`() {
        #expect(Timestamp(microseconds: 1_795_475_768_999_999).text == "2026-11-23T23:16:08Z")
    }
}
