/// Numbers over time as a line of bars: `▁▁▂▅█▃`.
struct Sparkline {
    /// The bars; a space where there are no numbers.
    let text: String
    /// The number that the highest bar stands for.
    let peak: Double

    /// A line of numbers that are not negative, the oldest first; nil for those that are not known.
    ///
    /// - Parameter width: how many bars there are to be at most. One that stands for several numbers shows the largest.
    init(_ values: [Double?], width: Int, _ glyphs: Glyphs) {
        let count = min(max(0, width), values.count)
        let largest = (0..<count).map { bar in
            values[bar * values.count / count..<(bar + 1) * values.count / count].compactMap(\.self).max()
        }
        let peak = largest.reduce(0) { max($0, $1 ?? 0) }
        text = String(
            largest.map { value -> Character in
                guard let value else { return " " }
                return glyphs.bars[Self.level(of: value, peak: peak, among: glyphs.bars.count)]
            }
        )
        self.peak = peak
    }

    /// The lowest bar is for nothing at all.
    private static func level(of value: Double, peak: Double, among count: Int) -> Int {
        guard value > 0, peak > 0 else { return 0 }
        return min(count - 1, 1 + Int(value / peak * Double(count - 1)))
    }
}
