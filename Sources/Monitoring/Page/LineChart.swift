/// Lines over time as an SVG drawing with its legend, which says the same figures in words.
///
/// The drawing is as wide as its place: only the lines are stretched, in a drawing of their own, and texts keep their size.
struct LineChart {
    /// One line.
    struct Line {
        let name: String
        let values: [Double?]
        /// The number of its colour and dashes in the style.
        let look: Int
    }

    /// The chart's identifier in the page.
    let id: String
    let title: String
    /// When the first value's time begins.
    let begin: Int64
    /// The time of each value, in seconds.
    let step: Int64
    let lines: [Line]
    let axis: ChartAxis
    /// Writes a value for the legend.
    var format: (Double) -> String = Figures.short
    /// Whether the mean of the values says something.
    var hasMean = true
    /// Whether the chart has a row of the page for itself.
    var isWide = false

    private static let height = 140

    /// The chart, under a heading of its own.
    var html: HTML {
        """
        <figure class="card\(lines.count == 1 ? " single" : "")\(isWide ? " wide" : "")"><h3 id="\(id)">\(title)</h3>
        <svg class="chart" height="\(Self.height + 22)" role="img" aria-labelledby="\(id)" aria-describedby="\(id)-words">\
        \(axis.gridLines(height: Self.height))\(timeTicks)\
        <svg width="100%" height="\(Self.height)" viewBox="0 0 \(2 * count) \(10 * Self.height)" preserveAspectRatio="none">\
        \(lines.count == 1 ? lines.map(area) : [])\(lines.map(curve))</svg>\
        \(lines.map(lastPoint))</svg>
        <ul class="legend" id="\(id)-words">\(lines.map(legend))</ul></figure>

        """
    }

    private var count: Int { max(lines.map(\.values.count).max() ?? 0, 1) }

    /// Marks at round times of the clock; none so near to an edge that its text would meet another one.
    private var timeTicks: HTML {
        let span = Int64(count) * max(step, 1)
        let distance = [60, 300, 600, 900, 1800, 3600, 7200, 21600, 86400].first { span / $0 <= 4 } ?? span
        var html: HTML = "<text x=\"-8\" y=\"\(Self.height + 18)\" text-anchor=\"end\">UTC</text>"
        for time in stride(from: (begin / distance + 1) * distance, to: begin + span, by: Int(distance)) {
            let permille = (time - begin) * 1000 / span
            guard (60...970).contains(permille) else { continue }
            let x: HTML = "\(permille / 10).\(permille % 10)%"
            html += """
                <line class="tick" x1="\(x)" x2="\(x)" y1="\(Self.height)" y2="\(Self.height + 5)"/>\
                <text x="\(x)" y="\(Self.height + 18)" text-anchor="middle">\(Moment(time).minute)</text>
                """
        }
        return html
    }

    private func curve(_ line: Line) -> HTML {
        let curve = Curve(line.values, height: y)
        let dots: HTML = curve.dots.isEmpty ? "" : "<path class=\"dots look-\(line.look)\" d=\"\(curve.dots)\"/>"
        return "<path class=\"line look-\(line.look)\" d=\"\(curve.path)\"/>\(dots)"
    }

    /// The surface below a line that has the chart for itself.
    private func area(_ line: Line) -> HTML {
        "<path class=\"area look-\(line.look)\" d=\"\(Curve(line.values, height: y).area(down: 10 * Self.height))\"/>"
    }

    /// Where a value lies in the drawing of the lines, in tenths of a pixel from its top.
    private func y(_ value: Double) -> Int {
        Int(((1 - axis.position(value)) * Double(10 * Self.height)).rounded())
    }

    /// A dot on the current value.
    private func lastPoint(_ line: Line) -> HTML {
        guard let last = line.values.last, let value = last else { return "" }
        let y = y(value)
        let x = 1000 - 500 / count
        return """
            <circle class="dot look-\(line.look)" cx="\(x / 10).\(x % 10)%" cy="\(y / 10).\(y % 10)" r="3.5"/>
            """
    }

    private func legend(_ line: Line) -> HTML {
        """
        <li><svg class="swatch" width="28" height="12" aria-hidden="true">\
        <path class="line look-\(line.look)" d="M1 6h26"/></svg>\
        <span>\(line.name): \(words(line.values))</span></li>
        """
    }

    /// A line in words: its current value, its mean and its highest value.
    private func words(_ values: [Double?]) -> HTML {
        let known = values.enumerated().compactMap { index, value in value.map { (index, $0) } }
        guard let peak = known.max(by: { $0.1 < $1.1 }) else { return "nothing in this hour" }
        guard peak.1 > 0 else { return "<b>0</b> throughout" }
        let now: HTML =
            if let last = values.last, let value = last { "<b>\(format(value))</b> now" } else { "none just now" }
        let time = Moment(begin + Int64(peak.0) * step).minute
        let mean = known.reduce(0) { $0 + $1.1 } / Double(known.count)
        let middle: HTML = hasMean ? ", \(format(mean)) on average" : ""
        return "\(now)\(middle), at most \(format(peak.1)) at \(time)"
    }
}
