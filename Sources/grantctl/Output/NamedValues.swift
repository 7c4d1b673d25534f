import Encoding

/// Values beside their names, a line each: long values go on below, under their beginning.
struct NamedValues {
    /// Names and values.
    let rows: [[String]]

    private static let gap = "  "
    /// With less room for values, lines are not broken.
    private static let leastRoom = 12

    /// The lines, broken between words so that none is wider than the width in columns; nil for any width. A word that is
    /// longer stays whole, so that it can be copied.
    func text(width: Int?) -> String {
        let rows = rows.map { $0.map(\.printable) }
        let names = rows.map { $0.first?.displayWidth ?? 0 }.max() ?? 0
        let indent = String(repeating: " ", count: names + Self.gap.count)
        return rows.flatMap { row -> [String] in
            let value = row.dropFirst().joined(separator: Self.gap)
            let room = width.map { $0 - indent.count } ?? .max
            let lines = room >= Self.leastRoom ? Self.broken(value, room) : [value]
            return lines.enumerated().map { index, line in
                index == 0 ? (row.first ?? "").padded(to: names) + Self.gap + line : indent + line
            }
        }
        .joined(separator: "\n")
    }

    private static func broken(_ text: String, _ room: Int) -> [String] {
        var lines = [""]
        var used = 0
        for word in text.split(separator: " ", omittingEmptySubsequences: false) {
            let wordWidth = String(word).displayWidth
            if used > 0, used + 1 + wordWidth > room {
                lines.append(String(word))
                used = wordWidth
            } else {
                lines[lines.count - 1] += used > 0 || lines.last?.isEmpty == false ? " \(word)" : String(word)
                used += (used > 0 ? 1 : 0) + wordWidth
            }
        }
        return lines
    }
}
