extension StatusPage {
    /// The last hour as charts.
    var chartsSection: HTML {
        let hour: HTML = hasHistory ? "<div class=\"charts\">\(charts)</div>" : "<p>\(whyNoHistory)</p>"
        return """
            <section aria-labelledby="hour"><h2 id="hour">The last hour</h2>
            \(hour)
            \(latencyTable)</section>
            """
    }

    private var hasHistory: Bool {
        (document.history.tokens + document.history.allowed).contains { $0 != nil }
    }

    private var whyNoHistory: String {
        document.since == nil
            ? "Requests are not counted: GRANTD_METRICS=on counts them." : "Counting has just begun."
    }

    private var charts: [HTML] {
        let history = document.history
        return [
            rates("tokens", "Tokens issued a second", [.init(name: "Tokens", values: history.tokens, look: 1)]),
            rates("allowed", "Checks allowed a second", [.init(name: "Allowed", values: history.allowed, look: 2)]),
            counts("denied", "Checks denied a minute", [.init(name: "Denied", values: history.denied, look: 3)]),
            refusals,
            durations,
        ]
    }

    /// A chart of events a second.
    private func rates(_ id: String, _ title: String, _ lines: [LineChart.Line]) -> HTML {
        let axis = ChartAxis.linear(upTo: Self.highest(lines))
        return chart(id, title, lines, step: document.history.step, axis: axis)
    }

    /// A chart of events a minute, for what is rare: of minutes, each of which has its mean.
    private func counts(_ id: String, _ title: String, _ lines: [LineChart.Line]) -> HTML {
        let step = max(document.history.step, 1)
        let steps = Int(max(60 / step, 1))
        let minutes = lines.map { line in
            let values = stride(from: 0, to: line.values.count, by: steps).map { start -> Double? in
                let known = line.values[start..<min(start + steps, line.values.count)].compactMap(\.self)
                return known.isEmpty ? nil : 60 * known.reduce(0, +) / Double(known.count)
            }
            return LineChart.Line(name: line.name, values: values, look: line.look)
        }
        let axis = ChartAxis.linear(upTo: Self.highest(minutes), isWhole: true)
        return chart(id, title, minutes, step: step * Int64(steps), axis: axis)
    }

    private func chart(
        _ id: String,
        _ title: String,
        _ lines: [LineChart.Line],
        step: Int64,
        axis: ChartAxis
    ) -> HTML {
        LineChart(id: "chart-\(id)", title: title, begin: document.history.begin, step: step, lines: lines, axis: axis)
            .html
    }

    private static func highest(_ lines: [LineChart.Line]) -> Double {
        lines.flatMap(\.values).reduce(0) { max($0, $1 ?? 0) }
    }

    private var refusals: HTML {
        let refused = document.history.refusals.filter { $0.values.contains { ($0 ?? 0) > 0 } }
        let title = "Refusals by error a minute"
        guard !refused.isEmpty else { return Self.empty(title, "No request was refused in the last hour.") }
        return counts(
            "refusals",
            title,
            refused.map { .init(name: $0.name, values: $0.values, look: Self.look(ofError: $0.name)) }
        )
    }

    /// An error has the same colour and dashes at all times.
    private static func look(ofError name: String) -> Int {
        let names = [
            "invalid_client", "temporarily_unavailable", "invalid_request", "invalid_scope", "unauthorized_client",
            "unsupported_grant_type", "access_denied", "invalid_target",
        ]
        return (names.firstIndex(of: name) ?? names.count) + 1
    }

    private var durations: HTML {
        let lines: [LineChart.Line] = [
            .init(name: "Tokens", values: document.history.tokenP99, look: 1),
            .init(name: "Checks", values: document.history.checkP99, look: 2),
        ]
        let known = lines.flatMap(\.values).compactMap(\.self)
        let title = "Response time, 99th percentile (logarithmic scale)"
        guard let lowest = known.min(), let highest = known.max() else {
            return Self.empty(title, "No token was requested and none was checked in the last hour.", kind: "card wide")
        }
        return LineChart(
            id: "chart-durations",
            title: title,
            begin: document.history.begin,
            step: document.history.step,
            lines: lines,
            axis: .logarithmic(from: lowest, upTo: highest),
            format: Figures.duration,
            hasMean: false,
            isWide: true
        )
        .html
    }

    /// A sentence in the place of a chart.
    private static func empty(_ title: String, _ sentence: String, kind: String = "card") -> HTML {
        """
        <figure class="\(kind)"><h3>\(title)</h3><p>\(sentence)</p></figure>

        """
    }

    private var latencyTable: HTML {
        guard !document.latencies.isEmpty else { return "" }
        let rows = document.latencies.map {
            Table.Row(cells: [
                "\($0.endpoint)", "\(Figures.grouped($0.requests))", "\($0.median.map(Figures.duration) ?? "–")",
                "\($0.p99.map(Figures.duration) ?? "–")",
            ])
        }
        return Table(
            id: "latencies",
            caption: "Response times in the last ten minutes, interpolated within a histogram's buckets",
            columns: ["Endpoint", .number("Requests"), .number("Median"), .number("99th percentile")],
            rows: rows,
            isWide: true
        )
        .html
    }
}
