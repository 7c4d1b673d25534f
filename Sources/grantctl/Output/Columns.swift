/// Text in columns for a terminal: names to the left, numbers to the right, and no line longer than the terminal is wide.
struct Columns {
    /// A column's head.
    struct Head {
        let text: String
        let isNumber: Bool

        /// The head of a column of names, which are cut if they do not fit.
        static func name(_ text: String) -> Head { Head(text: text, isNumber: false) }
        /// The head of a column of numbers.
        static func number(_ text: String) -> Head { Head(text: text, isNumber: true) }
    }

    /// The heads, the most important column first.
    let heads: [Head]
    /// The cells of each row.
    let rows: [[String]]
    private static let gap = "  "
    /// Names are not made shorter than this.
    private static let shortestName = 8

    /// The head and the rows as lines; nothing without rows. Columns at the end are left out if the others take all the
    /// width.
    func lines(width: Int = .max, _ glyphs: Glyphs) -> [String] {
        guard !rows.isEmpty else { return [] }
        let table = [heads.map(\.text)] + rows.map { $0.map(glyphs.text) }
        var widths = heads.indices.map { column in table.map { $0[column].displayWidth }.max() ?? 0 }
        while Self.sum(widths) > width {
            let names = widths.indices.filter { !heads[$0].isNumber && widths[$0] > Self.shortestName }
            if let longest = names.max(by: { widths[$0] < widths[$1] }) {
                widths[longest] -= 1
            } else if widths.count > 1 {
                widths.removeLast()
            } else {
                widths[0] = width
            }
        }
        return table.map { line($0, widths, glyphs) }
    }

    private func line(_ cells: [String], _ widths: [Int], _ glyphs: Glyphs) -> String {
        let cells = widths.indices.map { column in
            let cell = cells[column].clipped(to: widths[column], glyphs)
            return heads[column].isNumber ? cell.rightAligned(to: widths[column]) : cell.padded(to: widths[column])
        }
        let line = cells.joined(separator: Self.gap)
        return String(line.reversed().drop { $0 == " " }.reversed())
    }

    private static func sum(_ widths: [Int]) -> Int {
        widths.reduce(0, +) + gap.count * (widths.count - 1)
    }
}
