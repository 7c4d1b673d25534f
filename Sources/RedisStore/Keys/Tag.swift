import GrantCore

/// The part of a key in braces, which decides the key's slot: one of 1,024, of three hexadecimal digits.
///
/// Their slots all differ, and spread evenly over any number of equal members. Keys that one command or function needs
/// together have the same tag.
package struct Tag: Hashable, Sendable {
    /// How many there are.
    package static let count = 1024

    /// 0 to 1,023.
    let number: Int

    private static let slots: [UInt16] = (0..<count).map { HashSlot.of(text(of: $0)) }
    private static let texts: [[UInt8]] = (0..<count).map(text)

    /// The tag of this number, 0 to 1,023.
    init(_ number: Int) {
        precondition((0..<Self.count).contains(number), "there are \(Self.count) tags")
        self.number = number
    }

    /// The tag of the first 10 bits of a digest.
    init(_ digest: [UInt8]) {
        self.init(Int(digest[0]) << 2 | Int(digest[1]) >> 6)
    }

    /// All of them.
    static var all: some Sequence<Tag> { (0..<count).lazy.map(Tag.init) }

    /// Its slot.
    var slot: UInt16 { Self.slots[number] }

    /// A key of a kind with this tag: `t{0ff}` and what follows.
    func key(_ kind: Character, _ rest: some Sequence<UInt8> = EmptyCollection()) -> [UInt8] {
        var key: [UInt8] = []
        key.reserveCapacity(40)
        key += String(kind).utf8
        key.append(UInt8(ascii: "{"))
        key += Self.texts[number]
        key.append(UInt8(ascii: "}"))
        key += rest
        return key
    }

    private static func text(of number: Int) -> [UInt8] {
        let digits = Array("0123456789abcdef".utf8)
        return [digits[number >> 8], digits[number >> 4 & 15], digits[number & 15]]
    }
}
