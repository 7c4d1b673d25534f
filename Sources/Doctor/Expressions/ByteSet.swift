/// The bytes that one place of an expression takes.
struct ByteSet: Equatable, Sendable {
    private var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)

    init(_ bytes: some Sequence<UInt8> = []) {
        for byte in bytes { insert(byte) }
    }

    func contains(_ byte: UInt8) -> Bool {
        let word =
            switch byte >> 6 {
            case 0: words.0
            case 1: words.1
            case 2: words.2
            default: words.3
            }
        return word >> UInt64(byte & 63) & 1 == 1
    }

    mutating func insert(_ byte: UInt8) {
        let bit = UInt64(1) << UInt64(byte & 63)
        switch byte >> 6 {
        case 0: words.0 |= bit
        case 1: words.1 |= bit
        case 2: words.2 |= bit
        default: words.3 |= bit
        }
    }

    mutating func formUnion(_ other: ByteSet) {
        words = (
            words.0 | other.words.0, words.1 | other.words.1, words.2 | other.words.2, words.3 | other.words.3
        )
    }

    /// The byte of a set that has only one; nil for any other.
    var only: UInt8? {
        let parts = [words.0, words.1, words.2, words.3]
        guard parts.reduce(0, { $0 + $1.nonzeroBitCount }) == 1,
            let index = parts.firstIndex(where: { $0 != 0 })
        else { return nil }
        return UInt8(index * 64 + parts[index].trailingZeroBitCount)
    }

    /// All bytes that are not in it.
    var inverted: ByteSet {
        var result = ByteSet()
        result.words = (~words.0, ~words.1, ~words.2, ~words.3)
        return result
    }

    /// With each letter in both cases.
    var ignoringCase: ByteSet {
        var result = self
        for byte in UInt8(ascii: "a")...UInt8(ascii: "z") where contains(byte) || contains(byte - 32) {
            result.insert(byte)
            result.insert(byte - 32)
        }
        return result
    }

    static func == (left: ByteSet, right: ByteSet) -> Bool { left.words == right.words }

    static let digits = ByteSet(UInt8(ascii: "0")...UInt8(ascii: "9"))
    static let blanks = ByteSet([9, 10, 11, 12, 13, 32])
    static let letters: ByteSet = {
        var result = ByteSet(UInt8(ascii: "a")...UInt8(ascii: "z")).ignoringCase
        result.formUnion(digits)
        result.insert(UInt8(ascii: "_"))
        return result
    }()
    /// What addresses and networks are written with.
    static let addresses = ByteSet(Array("0123456789abcdefABCDEF.:/".utf8))
    /// What a dot takes: all but a line feed.
    static let dot = ByteSet([10]).inverted
}
