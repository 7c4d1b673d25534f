import Monitoring

/// Numbers as people read them, in ASCII.
enum MeasureText {
    /// What stands for a number that is not known.
    static let unknown = "-"

    /// How often something happens, a second: `0`, `0.03`, `7.5`, `1,204`.
    static func rate(_ rate: Double?) -> String {
        guard let rate else { return unknown }
        return rate > 0 && rate < 0.01 ? "<0.01" : short(rate)
    }

    /// A time in seconds, shown in milliseconds: `0.35`, `24.0`, `1,204`.
    static func milliseconds(_ seconds: Double?) -> String {
        guard let seconds else { return unknown }
        return short(seconds * 1000)
    }

    /// The time between two samples: `0.20 s`, `1 s`.
    static func interval(_ interval: Duration) -> String {
        let seconds = interval / .seconds(1)
        return seconds == seconds.rounded() ? "\(Int(seconds)) s" : "\(short(seconds)) s"
    }

    /// A number that is not negative, with about three digits.
    private static func short(_ number: Double) -> String {
        guard number.isFinite, number < 1e15 else { return unknown }
        return switch number {
        case ...0: "0"
        case ..<9.995: decimal(number, places: 2)
        case ..<99.95: decimal(number, places: 1)
        default: Figures.grouped(Int64(number.rounded()))
        }
    }

    private static func decimal(_ number: Double, places: Int) -> String {
        let unit: Int64 = places == 1 ? 10 : 100
        let (whole, rest) = Int64((number * Double(unit)).rounded()).quotientAndRemainder(dividingBy: unit)
        let digits = String(rest)
        return "\(whole).\(String(repeating: "0", count: places - digits.count))\(digits)"
    }
}
