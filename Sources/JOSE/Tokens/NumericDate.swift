/// Seconds since 1970 as a JSON number, read exactly (RFC 7519 §2): no digit of it passes through a floating-point value.
package struct NumericDate: Sendable, Hashable {
    /// What a date may be: from 1970 to the end of the year 9999.
    package static let range: Range<Int64> = 0..<253_402_300_800

    /// The highest power of ten, of either sign, that a number may be written with.
    private static let maximumExponent = 99

    /// The whole seconds, the fraction cut off: when `exp` takes effect.
    package let roundedDown: Int64
    /// Whether there is a fraction above zero.
    package let hasFraction: Bool

    /// The whole seconds, a fraction counted as one more: when `nbf` and `iat` are reached.
    package var roundedUp: Int64 { hasFraction ? roundedDown + 1 : roundedDown }

    /// Reads a number as RFC 8259 §6 writes it; nil if it is another text, negative, out of range, or written with a power
    /// of ten beyond 99 of either sign.
    package init?(_ text: String) {
        var rest = text.utf8[...]
        let whole = Self.takeDigits(&rest)
        guard let first = whole.first, first != UInt8(ascii: "0") || whole.count == 1 else { return nil }
        var fraction = rest.prefix(0)
        if rest.first == UInt8(ascii: ".") {
            rest.removeFirst()
            fraction = Self.takeDigits(&rest)
            guard !fraction.isEmpty else { return nil }
        }
        guard let exponent = Self.exponent(rest) else { return nil }

        // Where the decimal point stands once the exponent is applied, counted in digits from the left; digits that are
        // missing are zeros.
        let pointPosition = whole.count + exponent
        var seconds: Int64 = 0
        var position = 0
        var hasFraction = false
        for digits in [whole, fraction] {
            for digit in digits {
                if position < pointPosition {
                    guard let next = Self.appending(digit - UInt8(ascii: "0"), to: seconds) else { return nil }
                    seconds = next
                } else if digit != UInt8(ascii: "0") {
                    hasFraction = true
                }
                position += 1
            }
        }
        while position < pointPosition {
            guard let next = Self.appending(0, to: seconds) else { return nil }
            seconds = next
            position += 1
        }
        self.roundedDown = seconds
        self.hasFraction = hasFraction
    }

    /// The digits at the start of a text, taken from it.
    private static func takeDigits(_ rest: inout Substring.UTF8View) -> Substring.UTF8View {
        let digits = rest.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        rest = rest[digits.endIndex...]
        return digits
    }

    /// The power of ten that a text says, 0 if it is empty; nil if it is something else, or beyond the limit.
    private static func exponent(_ text: Substring.UTF8View) -> Int? {
        var rest = text
        guard let letter = rest.popFirst() else { return 0 }
        guard letter == UInt8(ascii: "e") || letter == UInt8(ascii: "E") else { return nil }
        let isNegative = rest.first == UInt8(ascii: "-")
        if isNegative || rest.first == UInt8(ascii: "+") { rest.removeFirst() }
        let digits = takeDigits(&rest)
        guard !digits.isEmpty, rest.isEmpty else { return nil }
        var exponent = 0
        for digit in digits {
            exponent = exponent * 10 + Int(digit - UInt8(ascii: "0"))
            guard exponent <= maximumExponent else { return nil }
        }
        return isNegative ? -exponent : exponent
    }

    /// A number with one more digit; nil if it is out of range then.
    private static func appending(_ digit: UInt8, to number: Int64) -> Int64? {
        let next = number * 10 + Int64(digit)
        return range.contains(next) ? next : nil
    }
}
