import Encoding

/// The signs that a terminal can show besides ASCII, or what stands for them.
struct Glyphs: Equatable {
    /// From the lowest bar to the highest.
    let bars: [Character]
    /// Stands for what was cut off.
    let ellipsis: String
    private let isASCII: Bool

    /// For a terminal that shows UTF-8.
    static let unicode = Glyphs(bars: Array("▁▂▃▄▅▆▇█"), ellipsis: "…", isASCII: false)
    /// For any terminal.
    static let ascii = Glyphs(bars: Array("_.:-=+*#"), ellipsis: "~", isASCII: true)

    /// What the locale says that the terminal shows: the first of `LC_ALL`, `LC_CTYPE` and `LANG` that is not empty counts
    /// (`locale(7)`).
    static func shown(by environment: [String: String]) -> Glyphs {
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"].lazy.compactMap { environment[$0] }.first { !$0.isEmpty } ?? ""
        let encoding = locale.lowercased().filter { $0 != "-" }
        return encoding.contains("utf8") ? unicode : ascii
    }

    /// A text from a file or from others, as the terminal can show it.
    func text(_ text: String) -> String {
        let printable = text.printable
        guard isASCII else { return printable }
        return String(String.UnicodeScalarView(printable.unicodeScalars.map { $0.isASCII ? $0 : "?" }))
    }
}
