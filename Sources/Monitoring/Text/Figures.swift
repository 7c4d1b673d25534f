/// Numbers as people read them.
package enum Figures {
    /// A whole number with a comma before every three digits: `1,204`.
    package static func grouped(_ number: some BinaryInteger) -> String {
        let digits = String(number.magnitude)
        var text = number < 0 ? "-" : ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index).isMultiple(of: 3) { text += "," }
            text.append(digit)
        }
        return text
    }

    /// A number that is not negative, with as many digits as are worth reading: `0.03`, `7.5`, `1,204`.
    static func short(_ number: Double) -> String {
        guard number.isFinite, number < 1e15 else { return "∞" }
        return switch number {
        case ...0: "0"
        case ..<0.01: "<0.01"
        case ..<1: decimal(number, places: 2)
        case ..<100: decimal(number, places: 1)
        default: grouped(Int64(number.rounded()))
        }
    }

    /// A time that a request took, given in seconds: `0.25 ms`, `24 ms`, `1.5 s`.
    static func duration(_ seconds: Double) -> String {
        guard seconds.isFinite else { return "longer than is measured" }
        return seconds < 1 ? "\(short(seconds * 1000)) ms" : "\(short(seconds)) s"
    }

    /// `1 worker`, `2 workers`.
    package static func count(_ number: some BinaryInteger, _ singular: String, _ plural: String) -> String {
        "\(grouped(number)) \(number == 1 ? singular : plural)"
    }

    /// How long a time is, in its two largest units: `4 minutes 20 seconds`.
    package static func length(_ seconds: Int64) -> String {
        length(seconds, in: ["day", "hour", "minute", "second"]) { count($0, $1, $1 + "s") }
    }

    /// The same with the units' symbols: `4 min 20 s`.
    package static func shortLength(_ seconds: Int64) -> String {
        length(seconds, in: ["d", "h", "min", "s"]) { "\(grouped($0)) \($1)" }
    }

    private static func length(
        _ seconds: Int64,
        in units: [4 of String],
        _ text: (Int64, String) -> String
    ) -> String {
        let sizes: [4 of Int64] = [86400, 3600, 60, 1]
        var rest = max(seconds, 0)
        var parts: [String] = []
        for index in units.indices {
            let count = rest / sizes[index]
            rest %= sizes[index]
            if count > 0 { parts.append(text(count, units[index])) }
            if parts.count == 2 || (!parts.isEmpty && count == 0) { break }
        }
        return parts.isEmpty ? text(0, units[3]) : parts.joined(separator: " ")
    }

    /// A number with at most this many decimal places, without trailing zeros.
    private static func decimal(_ number: Double, places: Int) -> String {
        let unit: Int64 = places == 1 ? 10 : 100
        let (whole, rest) = Int64((number * Double(unit)).rounded()).quotientAndRemainder(dividingBy: unit)
        guard rest != 0 else { return String(whole) }
        let digits = String(rest)
        let padded = String(repeating: "0", count: places - digits.count) + digits
        return "\(whole).\(padded.hasSuffix("0") ? String(padded.dropLast()) : padded)"
    }
}
