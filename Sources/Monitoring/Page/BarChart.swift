/// Tokens by when they expire, as bars of equal time.
struct BarChart {
    private static let height = 120
    private static let widths: [Int64] = [
        60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400, 172_800, 604_800, 1_209_600, 2_592_000,
    ]

    /// A bar's time in seconds.
    private let width: Int64
    private let counts: [Int]
    private let axis: ChartAxis

    /// The bars from a time on; of at most 24 there are as many as it takes.
    init(_ expiries: [StatusDocument.Expiry], from now: Int64) {
        let left = expiries.filter { $0.count > 0 }
            .map { (time: max(Moment.seconds(from: now, to: $0.until), 1), count: $0.count) }
        let last = left.map(\.time).max() ?? 1
        let width = Self.widths.first { (last - 1) / $0 < 24 } ?? (last - 1) / 24 + 1
        var counts = [Int](repeating: 0, count: Int((last - 1) / width) + 1)
        for part in left { counts[Int((part.time - 1) / width)] &+= part.count }
        self.width = width
        self.counts = counts
        self.axis = .linear(upTo: Double(counts.max() ?? 0), isWhole: true)
    }

    /// The drawing, and the same in words.
    var html: HTML {
        """
        <svg class="chart" height="\(Self.height + 22)" role="img" aria-labelledby="expiry" aria-describedby="expiry-words">\
        \(axis.gridLines(height: Self.height))\(counts.indices.map(bar))\(timeTicks)</svg>
        <p id="expiry-words">\(words)</p>
        """
    }

    private var words: HTML {
        let first = Figures.length(width)
        let end = Figures.length(width * Int64(counts.count))
        let most = counts.indices.max { counts[$0] < counts[$1] } ?? 0
        let count = Figures.count(counts[0], "token expires", "tokens expire")
        return """
            Each bar is \(first). \(count) within the next \(first), all within \(end). The highest bar, \
            \(Figures.grouped(counts[most])), ends \(Figures.length(width * Int64(most + 1))) from now.
            """
    }

    /// A bar, which is seen even if it is very low.
    private func bar(_ index: Int) -> HTML {
        guard counts[index] > 0 else { return "" }
        let height = max(Int((axis.position(Double(counts[index])) * Double(Self.height)).rounded()), 1)
        return """
            <rect class="bar" x="\(percent(index, of: counts.count, plus: 1))" width="\(percent(8, of: 10 * counts.count))" \
            y="\(Self.height - height)" height="\(height)"/>
            """
    }

    /// Marks between the bars, in the time from now.
    private var timeTicks: HTML {
        let every = [1, 2, 3, 4, 6, 12].first { counts.count / $0 <= 4 } ?? 12
        let marks = stride(from: 0, through: counts.count, by: every).filter {
            100 * $0 / counts.count < 97 || $0 == counts.count
        }
        return marks.reduce(into: "") { html, mark in
            let x = percent(mark, of: counts.count)
            let label = mark == 0 ? "now" : Self.short(Int64(mark) * width)
            html += """
                <line class="tick" x1="\(x)" x2="\(x)" y1="\(Self.height)" y2="\(Self.height + 5)"/>\
                <text x="\(x)" y="\(Self.height + 18)" text-anchor="middle">\(label)</text>
                """
        }
    }

    /// A part of the drawing's width; `plus` tenths of a part more.
    private func percent(_ part: Int, of all: Int, plus tenths: Int = 0) -> HTML {
        let permille = (10 * part + tenths) * 100 / all
        return "\(permille / 10).\(permille % 10)%"
    }

    /// A time in its largest whole unit: `15 min`.
    private static func short(_ seconds: Int64) -> String {
        for (size, name) in [(86400, "d"), (3600, "h"), (60, "min")] as [(Int64, String)]
        where seconds.isMultiple(of: size) {
            return "\(seconds / size) \(name)"
        }
        return "\(seconds) s"
    }
}
