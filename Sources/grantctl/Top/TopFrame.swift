import GrantCore
import Monitoring

/// What `grantctl top` draws: figures as lines that fit a terminal.
struct TopFrame {
    let figures: TopFigures
    let glyphs: Glyphs
    /// What is said below the first line, such as which keys there are.
    let hint: String

    /// The least width, in columns, at which two tables stand side by side.
    private static let halfWidth = 50
    private static let gap = 3
    private static let longestSparkline = 120
    /// A lower terminal has no room for more than tables.
    private static let sparklineHeight = 12

    /// The lines, of which none is wider than the size.
    func lines(in size: TerminalSize) -> [String] {
        var lines = heading(in: size)
        let rest = max(0, size.rows - lines.count)
        if size.columns >= 2 * Self.halfWidth + Self.gap {
            let width = (size.columns - Self.gap) / 2
            let left = Stack([endpoints, workers].map { $0.lines(width: width, glyphs) }).lines(rest, glyphs)
            let right = Stack([outcomes, refusals, clients].map { $0.lines(width: width, glyphs) }).lines(rest, glyphs)
            for row in 0..<max(left.count, right.count) {
                let first = row < left.count ? left[row] : ""
                let second = row < right.count ? right[row] : ""
                let gap = String(repeating: " ", count: Self.gap)
                lines.append(second.isEmpty ? first : first.padded(to: width) + gap + second)
            }
        } else {
            let tables = [endpoints, outcomes, refusals, workers, clients]
            lines += Stack(tables.map { $0.lines(width: size.columns, glyphs) }).lines(rest, glyphs)
        }
        return lines.prefix(size.rows).map { $0.clipped(to: size.columns, glyphs) }
    }

    private func heading(in size: TerminalSize) -> [String] {
        var lines = ["\(TimeText.time(figures.time))  \(glyphs.text(figures.sentence))", hint]
        if let advice = figures.advice { lines.append(advice) }
        guard size.rows >= Self.sparklineHeight else { return lines }
        let series = [("tokens/s", figures.tokens), ("checks/s", figures.checks)]
        lines += series.filter { !$0.1.isEmpty }.map { sparkline($0.0, $0.1, width: size.columns) }
        return lines + [""]
    }

    private func sparkline(_ name: String, _ values: [Double?], width: Int) -> String {
        let room = width - name.count - "  peak 1,000,000".count - 1
        let line = Sparkline(values, width: min(room, Self.longestSparkline), glyphs)
        return "\(name) \(line.text)  peak \(MeasureText.rate(line.peak))"
    }

    private var endpoints: Columns {
        Columns(
            heads: [
                .name("REQUESTS A SECOND"), .number("NOW"), .number("MINUTE"), .number("P50 ms"), .number("P99 ms"),
            ],
            rows: figures.endpoints.map {
                cells($0.rate) + [MeasureText.milliseconds($0.median), MeasureText.milliseconds($0.p99)]
            }
        )
    }

    private var outcomes: Columns { rates("OUTCOMES A SECOND", figures.outcomes) }

    private var refusals: Columns { rates("REFUSALS A SECOND", figures.refusals) }

    private var workers: Columns {
        let workers = figures.workers
        let known = workers.compactMap(\.now)
        var rows = workers.map { worker in
            ["\(worker.process)", MeasureText.rate(worker.now)]
                + [worker.busy, worker.connections, worker.slowHashes].map(Figures.grouped) + [
                    Figures.shortLength(worker.age)
                ]
        }
        if workers.count > 1 {
            let sums = [workers.map(\.busy), workers.map(\.connections), workers.map(\.slowHashes)]
            let rate = known.isEmpty ? nil : known.reduce(0, +)
            rows.insert(["all", MeasureText.rate(rate)] + sums.map { Figures.grouped($0.reduce(0, &+)) } + [""], at: 0)
        }
        return Columns(
            heads: [
                .name("WORKER"), .number("NOW"), .number("BUSY"), .number("OPEN"), .number("HASHES"),
                .number("RUNNING"),
            ],
            rows: rows
        )
    }

    private var clients: Columns {
        Columns(
            heads: [.name("CLIENT"), .number("TOKENS"), .number("REFUSALS"), .number("ISSUED")],
            rows: figures.clients.map {
                [$0.id, MeasureText.rate($0.tokens), MeasureText.rate($0.refusals), Figures.grouped($0.tokensIssued)]
            }
        )
    }

    private func rates(_ title: String, _ rates: [TopFigures.Rate]) -> Columns {
        Columns(heads: [.name(title), .number("NOW"), .number("MINUTE")], rows: rates.map(cells))
    }

    private func cells(_ rate: TopFigures.Rate) -> [String] {
        [rate.name, MeasureText.rate(rate.now), MeasureText.rate(rate.minute)]
    }
}

/// Tables one below the other.
private struct Stack {
    private let tables: [[String]]

    /// Tables as their lines, the head first.
    init(_ tables: [[String]]) {
        self.tables = tables.filter { !$0.isEmpty }
    }

    /// A table's head, a row, and how many are left out.
    private static let shortest = 3

    /// The frame in at most `limit` lines. To make it fit, the empty lines between tables are dropped first, then rows of
    /// the longest tables, then whole tables at the end.
    func lines(_ limit: Int, _ glyphs: Glyphs) -> [String] {
        let all = tables.map(\.count)
        let gap = all.reduce(0, +) + max(0, all.count - 1) <= limit ? 1 : 0
        let kept = (0...all.count).last { all.prefix($0).reduce(0) { $0 + min($1, Self.shortest) } <= limit } ?? 0
        var counts = Array(all.prefix(kept))
        while counts.reduce(0, +) > limit, let longest = counts.indices.max(by: { counts[$0] < counts[$1] }) {
            counts[longest] -= 1
        }
        let parts = zip(tables, counts).map { table, count -> [String] in
            guard count < table.count else { return table }
            return table.prefix(count - 1) + ["\(glyphs.ellipsis) \(table.count - count + 1) more"]
        }
        return Array(parts.joined(separator: gap == 1 ? [""] : []))
    }
}
