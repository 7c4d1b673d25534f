/// A chart's vertical axis: where a value lies between bottom and top, and a few round ticks.
struct ChartAxis {
    /// A value that is marked on the axis.
    struct Tick {
        let value: Double
        let label: String
    }

    let ticks: [Tick]
    private let scale: (Double) -> Double

    /// Where a value lies: 0 at the bottom, 1 at the top, and there too if it is beyond.
    func position(_ value: Double) -> Double {
        let place = scale(value)
        return place > 0 ? min(place, 1) : 0
    }

    /// A line across the drawing for each tick, and its label to the left of the drawing.
    func gridLines(height: Int) -> [HTML] {
        ticks.map { tick in
            let y = Int(((1 - position(tick.value)) * Double(height)).rounded())
            return """
                <line class="grid" x2="100%" y1="\(y)" y2="\(y)"/><text x="-8" y="\(y + 4)" text-anchor="end">\(tick.label)</text>
                """
        }
    }

    /// An axis from zero to a round number not below a value, in equal parts; of whole numbers, if that is asked for.
    static func linear(upTo highest: Double, isWhole: Bool = false) -> ChartAxis {
        guard highest > 0 else { return linear(step: 1, count: 1) }
        let highest = min(highest, 1e15)
        let step = roundStep(notBelow: isWhole ? max(highest / 4, 1) : highest / 4)
        return linear(step: step, count: max(Int((highest / step).rounded(.up)), 1))
    }

    private static func linear(step: Double, count: Int) -> ChartAxis {
        let ticks = (0...count).map { index in
            let value = Double(index) * step
            return Tick(value: value, label: Figures.short(value))
        }
        return ChartAxis(ticks: ticks) { $0 / (step * Double(count)) }
    }

    /// An axis of times in seconds, in which each factor of ten is as high as every other one.
    static func logarithmic(from lowest: Double, upTo highest: Double) -> ChartAxis {
        let bottom = min(decade(notAbove: lowest), 1)
        var decades = [bottom]
        while let last = decades.last, decades.count == 1 || last < min(highest, 1000) { decades.append(last * 10) }
        let values = decades.count > 2 ? decades : [bottom, bottom * 2, bottom * 5, bottom * 10]
        let (low, high) = (logarithm(values[0]), logarithm(values[values.count - 1]))
        return ChartAxis(ticks: values.map { Tick(value: $0, label: Figures.duration($0)) }) {
            (logarithm($0) - low) / (high - low)
        }
    }

    /// The logarithm to base 2, drawn straight between powers of two: near enough for an axis, and without a C library.
    private static func logarithm(_ value: Double) -> Double {
        value > 0 ? Double(value.exponent) + value.significand - 1 : -1000
    }

    /// The least of 1, 2 and 5, times a power of ten, that is not below a value.
    private static func roundStep(notBelow value: Double) -> Double {
        let power = decade(notAbove: value)
        return [power, power * 2, power * 5].first { $0 >= value } ?? power * 10
    }

    /// The largest power of ten that is not above a value; within what a page has to show.
    private static func decade(notAbove value: Double) -> Double {
        var power = 1.0
        while power > value, power > 1e-5 { power /= 10 }
        while power * 10 <= value, power < 1e15 { power *= 10 }
        return power
    }
}
