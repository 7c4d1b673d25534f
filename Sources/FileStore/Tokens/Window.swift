import GrantCore

/// A stretch of time in which tokens expire: those whose expiry lies in it share a file, which goes when it has passed.
///
/// A window's span is a power of two of seconds, about an eighth to a quarter of its tokens' lifetime: so of dead tokens
/// there are few, and the number of files is bounded (at most ten for each of the 18 spans), whatever lifetimes are used.
package struct Window: Sendable, Hashable {
    /// The span is 2 to this power of seconds.
    let spanExponent: UInt8
    /// Which of the windows of this span it is, counted from 1970.
    let index: UInt32

    /// The least and the greatest span: 64 seconds, and 97 days.
    static let spanExponents: ClosedRange<UInt8> = 6...23

    /// The window in which a token expires.
    ///
    /// - Parameter lifetime: seconds, at least 1.
    init(expiresAt: Timestamp, lifetime: Int) {
        let exponent = UInt8(clamping: Int.bitWidth - 1 - lifetime.leadingZeroBitCount - 2)
        spanExponent = min(max(exponent, Self.spanExponents.lowerBound), Self.spanExponents.upperBound)
        index = UInt32(clamping: expiresAt.seconds >> Int64(spanExponent))
    }

    /// Makes a window from the two numbers in its files' names. Returns nil if the span is out of range.
    init?(spanExponent: UInt8, index: UInt32) {
        guard Self.spanExponents.contains(spanExponent) else { return nil }
        self.spanExponent = spanExponent
        self.index = index
    }

    /// The first moment after it: all its tokens have expired.
    var end: Timestamp {
        Timestamp(seconds: (Int64(index) + 1) << Int64(spanExponent))
    }

    /// The name of the file of its slots.
    var slotsName: String { "\(spanExponent)-\(index).slots" }

    /// The name of the file of its grants.
    var grantsName: String { "\(spanExponent)-\(index).grants" }

    /// The name of the file of the used assertions that end in it.
    var assertionsName: String { "\(spanExponent)-\(index).used" }

    /// The window that a file in `tokens/` belongs to; nil for a file of another name.
    init?(fileName: String) {
        self.init(numbersIn: fileName)
        guard fileName == slotsName || fileName == grantsName else { return nil }
    }

    /// The window that a file in `assertions/` belongs to; nil for a file of another name.
    init?(assertionsName fileName: String) {
        self.init(numbersIn: fileName)
        guard fileName == assertionsName else { return nil }
    }

    private init?(numbersIn fileName: String) {
        guard let dot = fileName.firstIndex(of: "."), let dash = fileName[..<dot].firstIndex(of: "-"),
            let exponent = UInt8(fileName[..<dash]), let index = UInt32(fileName[fileName.index(after: dash)..<dot])
        else { return nil }
        self.init(spanExponent: exponent, index: index)
    }
}
