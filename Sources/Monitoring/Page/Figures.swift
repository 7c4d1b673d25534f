/// Numbers as people read them.
enum Figures {
    /// A whole number with a comma before every three digits: `1,204`.
    static func grouped(_ number: some BinaryInteger) -> String {
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
    static func count(_ number: some BinaryInteger, _ singular: String, _ plural: String) -> String {
        "\(grouped(number)) \(number == 1 ? singular : plural)"
    }

    /// A number with at most so many decimal places, and no zeros at its end.
    private static func decimal(_ number: Double, places: Int) -> String {
        let unit: Int64 = places == 1 ? 10 : 100
        let (whole, rest) = Int64((number * Double(unit)).rounded()).quotientAndRemainder(dividingBy: unit)
        guard rest != 0 else { return String(whole) }
        let digits = String(rest)
        let padded = String(repeating: "0", count: places - digits.count) + digits
        return "\(whole).\(padded.hasSuffix("0") ? String(padded.dropLast()) : padded)"
    }
}
