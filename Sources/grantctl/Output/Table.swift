import Encoding
import GrantCore

/// Text in columns, for people.
struct Table {
    /// Rows of cells; the first is the head.
    let rows: [[String]]
    /// The columns to cut if the terminal is too narrow, the first one first; the others are cut only after them.
    let cutting: [Int]

    private static let gap = "  "
    /// The column that is not cut unless it alone is too wide: that of ids.
    private static let kept = 0
    /// No column is cut to less.
    private static let shortest = 5

    /// Describes a table.
    init(_ rows: [[String]], cutting: [Int] = []) {
        self.rows = rows.map { $0.map(\.printable) }
        self.cutting = cutting
    }

    /// Rows of cells, each column as wide as its widest cell.
    static func text(_ rows: [[String]]) -> String { Table(rows).text(width: nil, .unicode) }

    /// The table, no wider than the width in columns; nil for any width. Columns at the end are left out if cutting the
    /// others is not enough.
    func text(width: Int?, _ glyphs: Glyphs) -> String {
        let widths = width.map(fitted) ?? naturalWidths
        return rows.map { line($0, widths, width, glyphs) }.joined(separator: "\n")
    }

    /// Each column's widest cell. The last cell of a row that is shorter than others may reach into the next columns.
    private var naturalWidths: [Int] {
        let count = rows.map(\.count).max() ?? 0
        return (0..<count).map { column in
            rows.map { row in
                let isOpenEnd = column == row.count - 1 && row.count < count && column > 0
                return column < row.count && !isOpenEnd ? row[column].displayWidth : 0
            }.max() ?? 0
        }
    }

    private func fitted(to width: Int) -> [Int] {
        var widths = naturalWidths
        while Self.sum(widths) > width {
            let all = widths.indices.filter { widths[$0] > Self.shortest && $0 != Self.kept }
            if let first = cutting.first(where: all.contains) {
                widths[first] = max(Self.shortest, widths[first] - (Self.sum(widths) - width))
            } else if let widest = all.max(by: { widths[$0] < widths[$1] }) {
                widths[widest] -= 1
            } else if widths.count > 1 {
                widths.removeLast()
            } else {
                return [max(1, width)]
            }
        }
        return widths
    }

    private func line(_ row: [String], _ widths: [Int], _ width: Int?, _ glyphs: Glyphs) -> String {
        let filled = Array(row.reversed().drop(while: \.isEmpty).reversed()).prefix(widths.count)
        let cells = filled.enumerated().map { column, cell in
            if column == filled.count - 1 {
                guard let width else { return cell }
                let isOpenEnd = row.count < rows[0].count && column > 0
                let room = width - Self.sum(Array(widths[..<column])) - (column > 0 ? Self.gap.count : 0)
                return cell.clipped(to: isOpenEnd ? room : widths[column], glyphs)
            }
            return cell.clipped(to: widths[column], glyphs).padded(to: widths[column])
        }
        return cells.joined(separator: Self.gap)
    }

    private static func sum(_ widths: [Int]) -> Int {
        widths.reduce(0, +) + gap.count * max(0, widths.count - 1)
    }
}

extension Timestamp {
    /// As RFC 3339 writes it, in UTC and whole seconds.
    var text: String {
        TimeText.text(seconds)
    }
}
