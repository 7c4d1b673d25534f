import Monitoring

/// How far a command has come, as one line for a terminal.
struct ProgressText {
    /// What is done: `Importing clients`.
    let label: String
    /// What is counted: `clients`.
    let unit: String
    /// How many are done.
    let done: Int
    /// The part that is done, from 0 to 1; nil if the whole is not known.
    let fraction: Double?
    /// How many there are; nil if that is not known.
    let total: Int?
    /// Seconds since the beginning.
    let elapsed: Double

    private static let longestBar = 30
    private static let shortestBar = 8

    /// The line, no wider than the width in columns. If there is too little room, the bar goes first, then the rate, then what
    /// is left of the end.
    func line(width: Int, _ glyphs: Glyphs) -> String {
        let text = glyphs.text(label)
        let variants = [[percent, count, rate, rest], [percent, count, rest], [percent, count], [percent ?? count]]
        for (index, variant) in variants.enumerated() {
            let line = ([text] + variant.compactMap(\.self)).joined(separator: "  ")
            let room = width - line.displayWidth
            guard room >= 0 else { continue }
            let barWidth = min(Self.longestBar, room - 4)
            guard index == 0, let fraction, barWidth >= Self.shortestBar else { return line }
            let bar = Self.bar(fraction, width: barWidth, glyphs)
            return ([text, bar] + variant.compactMap(\.self)).joined(separator: "  ")
        }
        return text.clipped(to: width, glyphs)
    }

    private var percent: String? { fraction.map { "\(Int((min(max($0, 0), 1) * 100).rounded(.down)))%" } }

    private var count: String? {
        total.map { "\(Figures.grouped(done)) of \(Figures.grouped($0)) \(unit)" } ?? "\(Figures.grouped(done)) \(unit)"
    }

    private var rate: String? { elapsed > 0 ? "\(MeasureText.rate(Double(done) / elapsed))/s" : nil }

    /// The time that is left at the rate so far, rounded up to seconds.
    private var rest: String? {
        guard let fraction, fraction > 0, fraction <= 1, elapsed > 0 else { return nil }
        let seconds = elapsed * (1 - fraction) / fraction
        guard seconds < 360_000 else { return nil }
        return "\(Figures.shortLength(Int64(seconds.rounded(.up)))) left"
    }

    private static func bar(_ fraction: Double, width: Int, _ glyphs: Glyphs) -> String {
        let full = Int((min(max(fraction, 0), 1) * Double(width)).rounded(.down))
        let cells =
            String(repeating: glyphs.bars.last ?? "#", count: full) + String(repeating: " ", count: width - full)
        return "[\(cells)]"
    }
}
