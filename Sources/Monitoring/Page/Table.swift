/// A table with a caption. The first cell of each row is the row's header.
struct Table {
    /// A column's heading.
    struct Column: ExpressibleByStringLiteral {
        let title: String
        let isNumber: Bool

        init(stringLiteral title: String) {
            self.title = title
            self.isNumber = false
        }

        private init(title: String, isNumber: Bool) {
            self.title = title
            self.isNumber = isNumber
        }

        /// A column of numbers, which stand at its right edge.
        static func number(_ title: String) -> Column { Column(title: title, isNumber: true) }
    }

    /// A row's cells, and what is said about them below, across the table.
    struct Row {
        let cells: [HTML]
        var note: String?
    }

    /// The table's identifier in the page.
    let id: String
    let caption: HTML
    let columns: [Column]
    let rows: [Row]
    /// Whether it may be wider than a phone: it then scrolls by itself, and the keyboard reaches it.
    var isWide = false

    var html: HTML {
        let heads: [HTML] = columns.map { "<th scope=\"col\"\($0.isNumber ? Self.number : "")>\($0.title)</th>" }
        let table: HTML = """
            <table><caption id="\(id)"><span>\(caption)</span></caption>
            <thead><tr>\(heads)</tr></thead>
            <tbody>\(rows.map(row))
            </tbody></table>
            """
        guard isWide else { return table }
        return "<div class=\"scroll\" role=\"region\" aria-labelledby=\"\(id)\" tabindex=\"0\">\(table)</div>"
    }

    private func row(_ row: Row) -> HTML {
        let parts: [HTML] = zip(columns, row.cells).enumerated().map { index, part in
            index == 0
                ? "<th scope=\"row\">\(part.1)</th>" : "<td\(part.0.isNumber ? Self.number : "")>\(part.1)</td>"
        }
        let note: HTML = row.note.map { "<tr class=\"about\"><td colspan=\"\(columns.count)\">\($0)</td></tr>" } ?? ""
        return "\n<tr>\(parts)</tr>\(note)"
    }

    private static let number: HTML = " class=\"number\""
}
