import Testing

@testable import grantctl

@Suite struct SparklineTests {
    @Test func `The highest bar is the largest number, the lowest is none at all`() {
        let line = Sparkline([0, 0.1, 2, 4, 8], width: 5, .unicode)
        #expect(line.text == "▁▂▃▅█" && line.peak == 8)
        #expect(Sparkline([0, 0.1, 2, 4, 8], width: 5, .ascii).text == "_.:=#")
    }

    @Test func `What was not counted is empty, and nothing at all is flat`() {
        #expect(Sparkline([nil, nil, 0, 0], width: 4, .unicode).text == "  ▁▁")
        #expect(Sparkline([nil, nil, 0, 0], width: 4, .unicode).peak == 0)
    }

    @Test func `A bar of several numbers shows the largest`() {
        let line = Sparkline([nil, 1, 8, 0, 4, nil], width: 3, .unicode)
        #expect(line.text == "▂█▅" && line.peak == 8)
    }

    @Test(arguments: [-3, 0, 1, 7, 59, 359, 360, 1000])
    func `It is as wide as there is room and numbers`(width: Int) {
        let values = (0..<360).map { Double($0) as Double? }
        let line = Sparkline(values, width: width, .unicode)
        #expect(line.text.count == min(max(0, width), 360))
        #expect(line.text.last == (width > 0 ? "█" : nil))
        #expect(Sparkline([], width: width, .unicode).text.isEmpty)
    }
}
