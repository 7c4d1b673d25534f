/// Base64 in the strict reading of RFC 4648: one text for each run of bytes, and no other accepted.
///
/// Foundation's decoder passes over stray bits at the end, so that several texts would name one token.
package struct Base64: Sendable {
    /// RFC 4648 §4, with padding: what Basic credentials are written in.
    package static let standard = Base64(last: [UInt8(ascii: "+"), UInt8(ascii: "/")], isPadded: true)
    /// RFC 4648 §5, without padding: what tokens are written in.
    package static let url = Base64(last: [UInt8(ascii: "-"), UInt8(ascii: "_")], isPadded: false)

    /// The 64 characters of RFC 4648 §5.
    package static let urlAlphabet = Set(url.alphabet)

    private let alphabet: [UInt8]
    private let values: [UInt8]
    private let isPadded: Bool

    private static let noValue: UInt8 = 0xFF

    private init(last: [UInt8], isPadded: Bool) {
        let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789".utf8) + last
        var values = [UInt8](repeating: Self.noValue, count: 256)
        for (value, letter) in letters.enumerated() { values[Int(letter)] = UInt8(value) }
        self.alphabet = letters
        self.values = values
        self.isPadded = isPadded
    }

    /// Whether each byte is one of the 64 characters.
    package func hasOnlyLetters(_ text: Span<UInt8>) -> Bool {
        for index in text.indices where values[Int(text[index])] == Self.noValue { return false }
        return true
    }

    /// Writes bytes as text.
    package func encode(_ bytes: [UInt8]) -> String {
        let padded = (bytes.count + 2) / 3 * 4
        return unsafe String(unsafeUninitializedCapacity: padded) { text in
            // Sound: three bytes make four letters, and what is left of them at most as many.
            for group in stride(from: 0, to: bytes.count, by: 3) {
                let second = group + 1 < bytes.count ? bytes[group + 1] : 0
                let third = group + 2 < bytes.count ? bytes[group + 2] : 0
                let bits = Int(bytes[group]) << 16 | Int(second) << 8 | Int(third)
                let start = group / 3 * 4
                unsafe text[start] = alphabet[bits >> 18]
                unsafe text[start + 1] = alphabet[bits >> 12 & 63]
                unsafe text[start + 2] = alphabet[bits >> 6 & 63]
                unsafe text[start + 3] = alphabet[bits & 63]
            }
            let count = (bytes.count * 4 + 2) / 3
            if !isPadded { return count }
            for index in count..<padded { unsafe text[index] = UInt8(ascii: "=") }
            return padded
        }
    }

    /// Reads text; nil at a character outside the alphabet, wrong padding, or bits left over that are not zero.
    package func decode(_ text: Span<UInt8>) -> [UInt8]? {
        var count = text.count
        if isPadded {
            guard count.isMultiple(of: 4) else { return nil }
            for _ in 0..<2 where count > 0 && text[count - 1] == UInt8(ascii: "=") { count -= 1 }
        }
        // One letter alone has too few bits for a byte.
        guard count % 4 != 1 else { return nil }
        var bytes = [UInt8](repeating: 0, count: count * 3 / 4)
        // What no letter has is in the two highest bits.
        var seen: UInt8 = 0
        var (index, end) = (0, 0)
        while index + 4 <= count {
            let first = values[Int(text[index])], second = values[Int(text[index + 1])]
            let third = values[Int(text[index + 2])], fourth = values[Int(text[index + 3])]
            seen |= first | second | third | fourth
            bytes[end] = first << 2 | second >> 4
            bytes[end + 1] = second << 4 | third >> 2
            bytes[end + 2] = third << 6 | fourth
            (index, end) = (index + 4, end + 3)
        }
        var rest: UInt8 = 0
        if index < count {
            let first = values[Int(text[index])], second = values[Int(text[index + 1])]
            seen |= first | second
            bytes[end] = first << 2 | second >> 4
            rest = second << 4
            if index + 2 < count {
                let third = values[Int(text[index + 2])]
                seen |= third
                bytes[end + 1] = rest | third >> 2
                rest = third << 6
            }
        }
        return seen < 64 && rest == 0 ? bytes : nil
    }
}
