/// A duration as people write it: a whole number and a unit, `90s`, `30m`, `12h`, `7d`, or `500ms`.
package enum DurationText {
    private static let units = [("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000)]

    /// The milliseconds of a number with a unit; nil if the text is not such a duration, or the number overflows.
    package static func milliseconds(_ text: some StringProtocol) -> Int? {
        guard let unit = units.first(where: { text.hasSuffix($0.0) }) else { return nil }
        let digits = text.dropLast(unit.0.utf8.count)
        guard !digits.isEmpty, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int(digits) else {
            return nil
        }
        let (product, isTooLarge) = number.multipliedReportingOverflow(by: unit.1)
        return isTooLarge ? nil : product
    }
}
