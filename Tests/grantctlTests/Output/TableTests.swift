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

    @Test func `Times are UTC in whole seconds`() {
        #expect(Timestamp(microseconds: 1_795_475_768_999_999).text == "2026-11-23T23:16:08Z")
    }
}
