import FoundationEssentials
import GrantCore

/// Text in columns, for people.
enum Table {
    /// Rows of cells, each column as wide as its widest cell.
    static func text(_ rows: [[String]]) -> String {
        let rows = rows.map { $0.map(\.printable) }
        let columns = rows.map(\.count).max() ?? 0
        let widths = (0..<columns).map { column in rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0 }
        return rows.map { row in
            let filled = Array(row.reversed().drop(while: \.isEmpty).reversed())
            let cells = filled.enumerated().map { column, cell in
                column == filled.count - 1 ? cell : cell + String(repeating: " ", count: widths[column] - cell.count)
            }
            return cells.joined(separator: "  ")
        }
        .joined(separator: "\n")
    }
}

extension Timestamp {
    /// As RFC 3339 writes it, in UTC and whole seconds.
    var text: String {
        Date(timeIntervalSince1970: Double(seconds)).formatted(.iso8601)
    }
}
