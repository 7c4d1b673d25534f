import Testing

@testable import Monitoring

struct ChartTests {
    @Test(
        arguments: [
            ([], "", ""),
            ([nil, nil], "", ""),
            ([5], "", "M1 5h0"),
            ([5, 7, 4], "M1 5l2 2l2-3", ""),
            ([5, 5, 5, 6, 6], "M1 5h4l2 1h2", ""),
            ([nil, 5, 6, nil, 7, nil, nil, 8, 8], "M3 5l2 1M15 8h2", "M9 7h0"),
        ] as [([Double?], String, String)]
    )
    func `a line has a gap where there is no value, and a dot between two gaps`(
        values: [Double?],
        path: String,
        dots: String
    ) {
        let curve = Curve(values) { Int($0) }
        #expect(curve.path == path && curve.dots == dots)
    }

    @Test func `the surface below a line ends where the line does`() {
        #expect(Curve([nil, 5, 6, nil, 7]) { Int($0) }.area(down: 100) == "M3 5l2 1V100H3z")
    }

    @Test(
        arguments: [
            (0, ["0", "1"]), (0.1, ["0", "0.05", "0.1"]), (1, ["0", "0.5", "1"]), (7, ["0", "2", "4", "6", "8"]),
            (1234, ["0", "500", "1,000", "1,500"]), (20_001, ["0", "10,000", "20,000", "30,000"]),
        ] as [(Double, [String])]
    )
    func `an axis has few ticks, all round`(highest: Double, labels: [String]) {
        let axis = ChartAxis.linear(upTo: highest)
        #expect(axis.ticks.map(\.label) == labels)
        #expect(axis.position(0) == 0 && axis.position(highest) <= 1)
    }

    @Test func `an axis of counts has whole numbers only`() {
        #expect(ChartAxis.linear(upTo: 1, isWhole: true).ticks.map(\.label) == ["0", "1"])
        #expect(ChartAxis.linear(upTo: 0.2, isWhole: true).ticks.map(\.label) == ["0", "1"])
        #expect(ChartAxis.linear(upTo: 3, isWhole: true).ticks.map(\.label) == ["0", "1", "2", "3"])
    }

    @Test(
        arguments: [
            (0.0005, 0.025, ["0.1 ms", "1 ms", "10 ms", "100 ms"]), (0.002, 0.004, ["1 ms", "2 ms", "5 ms", "10 ms"]),
            (0.25, 2.5, ["100 ms", "1 s", "10 s"]),
        ] as [(Double, Double, [String])]
    )
    func `an axis of times marks powers of ten, at like distances`(lowest: Double, highest: Double, labels: [String]) {
        let axis = ChartAxis.logarithmic(from: lowest, upTo: highest)
        #expect(axis.ticks.map(\.label) == labels)
        let places = axis.ticks.map { axis.position($0.value) }
        #expect(places.first == 0 && places.last == 1 && places == places.sorted())
    }

    @Test(
        arguments: [
            (0, "0"), (0.004, "<0.01"), (0.02, "0.02"), (0.5, "0.5"), (0.999, "1"), (7.25, "7.3"), (12, "12"),
            (99.96, "100"), (1204.4, "1,204"), (1_234_567, "1,234,567"), (.infinity, "∞"), (-3, "0"),
        ] as [(Double, String)]
    )
    func `a number has as many digits as are worth reading`(number: Double, text: String) {
        #expect(Figures.short(number) == text)
    }

    @Test(
        arguments: [
            (0, "0 seconds"), (1, "1 second"), (61, "1 minute 1 second"), (260, "4 minutes 20 seconds"),
            (3600, "1 hour"), (3605, "1 hour"), (90_061, "1 day 1 hour"), (-5, "0 seconds"),
        ] as [(Int64, String)]
    )
    func `a length of time has its two largest units`(seconds: Int64, text: String) {
        #expect(Figures.length(seconds) == text)
    }

    @Test func `tokens are drawn in at most 24 bars of like time`() {
        let near = BarChart([.init(until: 1060, count: 3), .init(until: 4600, count: 1)], from: 1000).html.text
        #expect(near.contains("Each bar is 5 minutes. 3 tokens expire within the next 5 minutes, all within 1 hour."))
        let far = BarChart([.init(until: 1060, count: 1), .init(until: 1000 + 30 * 86400, count: 9)], from: 1000).html
            .text
        #expect(far.contains("Each bar is 2 days. 1 token expires within the next 2 days, all within 30 days."))
        #expect(far.contains("The highest bar, 9, ends 30 days from now."))
    }
}
