import GrantCore

/// Durations as Go writes them: `1h30m0s`, `1.5h`, `500ms` (`time.ParseDuration`).
enum GoDuration {
    private static let units = ["h": 3600.0, "m": 60, "s": 1, "ms": 1e-3, "us": 1e-6, "µs": 1e-6, "ns": 1e-9]

    /// Whole seconds, rounded down; nil if the text is not a duration, is negative, or is longer than a thousand years.
    static func seconds(_ text: String) -> Int64? {
        if text == "0" { return 0 }
        var rest = text[...]
        var sum = 0.0
        guard !rest.isEmpty else { return nil }
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isASCII && $0.isNumber || $0 == "." }
            rest = rest.dropFirst(digits.count)
            let unit = rest.prefix { !($0.isASCII && $0.isNumber || $0 == ".") }
            rest = rest.dropFirst(unit.count)
            guard let number = Double(digits), let seconds = units[String(unit)] else { return nil }
            sum += number * seconds
        }
        return sum < 3.2e10 ? Int64(sum) : nil
    }
}
