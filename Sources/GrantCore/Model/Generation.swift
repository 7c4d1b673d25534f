import Encoding

/// Which of a client's generations of tokens one is of: a client's tokens are good while their generation is its own.
///
/// It is compared for equality alone, so that no clock has a say in which tokens a client has revoked.
package struct Generation: Sendable, Hashable {
    /// 1 to 64 characters of `[A-Za-z0-9_-]`.
    package let value: String

    /// The random bytes that make a new one.
    package static let byteCount = 8

    /// Takes a generation from a client's file or a token's record; nil if it is not one.
    package init?(_ value: String) {
        guard (1...64).contains(value.utf8.count), Base64.url.hasOnlyLetters(value.utf8.span) else { return nil }
        self.value = value
    }

    /// A new generation, of 8 random bytes.
    package init(random: [UInt8]) {
        precondition(random.count == Self.byteCount, "a generation is made of 8 random bytes")
        value = Hex.encode(random)
    }
}
