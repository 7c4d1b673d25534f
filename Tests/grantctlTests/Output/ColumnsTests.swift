import Encoding
import Testing

@testable import grantctl

@Suite struct ColumnsTests {
    private let heads: [Columns.Head] = [.name("CLIENT"), .number("TOKENS"), .number("REFUSALS")]

    @Test func `Names are to the left and numbers to the right`() {
        let lines = Columns(heads: heads, rows: [["web-app", "1,204", "0"], ["a", "3", "12"]]).lines(.unicode)
        #expect(lines == ["CLIENT   TOKENS  REFUSALS", "web-app   1,204         0", "a             3        12"])
    }

    @Test func `Without rows there is nothing`() {
        #expect(Columns(heads: heads, rows: []).lines(width: 80, .unicode).isEmpty)
    }

    @Test func `Wide letters take two columns`() {
        let lines = Columns(heads: heads, rows: [["日本", "1", "2"], ["abcd", "1", "2"]]).lines(.unicode)
        #expect(lines[1] == "日本         1         2" && lines[2] == "abcd         1         2")
    }

    @Test func `Names are cut off first, then the last columns left out`() {
        let columns = Columns(heads: heads, rows: [["a-rather-long-name", "1,204", "7"]])
        #expect(columns.lines(width: 30, .unicode)[1] == "a-rather-lo…   1,204         7")
        #expect(columns.lines(width: 30, .ascii)[1] == "a-rather-lo~   1,204         7")
        #expect(columns.lines(width: 20, .unicode)[1] == "a-rathe…   1,204")
        #expect(columns.lines(width: 5, .unicode)[1] == "a-ra…")
    }

    @Test(arguments: OddText.all, [1, 2, 3, 8, 9, 17, 25, 40, 80])
    func `No line is wider than it may be, whatever the names`(name: String, width: Int) {
        let columns = Columns(heads: heads, rows: [[name, "18,446,744,073,709,551,615", "1"], ["b", "0", "0"]])
        for glyphs in [Glyphs.unicode, .ascii] {
            for line in columns.lines(width: width, glyphs) {
                #expect(line.displayWidth <= width)
                #expect(line.unicodeScalars.allSatisfy { $0.isPrintable })
                #expect(glyphs == .unicode || line.unicodeScalars.allSatisfy(\.isASCII))
            }
        }
    }

    @Test(arguments: [
        ("abc", 3), ("ü", 1), ("e\u{301}", 1), ("日本", 4), ("한", 2), ("ｆ", 2), ("😀", 2), ("❤\u{FE0F}", 2), ("", 0),
    ])
    func `A text is as wide as a terminal shows it, or less`(text: String, width: Int) {
        #expect(text.displayWidth == width)
    }

    @Test(
        arguments: [
            (["LANG": "de_DE.UTF-8"], Glyphs.unicode), (["LANG": "C.utf8"], .unicode), (["LANG": "C"], .ascii),
            ([:], .ascii),
            (["LANG": "C.UTF-8", "LC_ALL": "C"], .ascii), (["LANG": "C", "LC_CTYPE": "en_GB.UTF-8"], .unicode),
            (["LANG": "C.UTF-8", "LC_ALL": ""], .unicode), (["LANG": "en_GB.ISO-8859-1"], .ascii),
        ] as [([String: String], Glyphs)]
    )
    func `The locale says which signs there are`(environment: [String: String], glyphs: Glyphs) {
        #expect(Glyphs.shown(by: environment) == glyphs)
    }
}

/// Names that could break lines: of control characters, wide, combining, and long.
enum OddText {
    static let all = [
        "web-app", "", "日本語クライアント", String(repeating: "日", count: 85), String(repeating: "x", count: 256),
        "e" + String(repeating: "\u{301}", count: 50), "a\u{1B}[2Jb\r\n\tc", "\u{202E}gnirts", "👨‍👩‍👧‍👦👩🏽‍🚀🇩🇪",
        "\u{9B}31m", "한국어 클라이언트", "ﬃ\u{FE0F}\u{200B}x", "\u{FFFF}\u{E000}",
        String(repeating: "ä", count: 44),
    ]
}
