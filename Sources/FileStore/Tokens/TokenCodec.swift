import Crypto
import Encoding
import GrantCore

/// Where a token's slot lies.
struct SlotPosition: Equatable {
    /// The window of its expiry.
    var window: Window
    /// The slot's number in the window's file; 0 is the header.
    var slot: UInt32
}

/// Writes and reads tokens: 48 bytes as 64 characters of base64url.
///
///     0   32 random bytes
///     32  the slot's position, 9 bytes, XORed with the start of the HMAC-SHA-256 of the random bytes under the state's key
///     41  the HMAC's next 7 bytes: without the key they cannot be made, so garbage is refused without a look at the disk
///
/// To its holder all of it is noise.
struct TokenCodec {
    static let randomCount = 32
    private static let positionCount = 9
    private static let tagCount = 7
    private static let count = randomCount + positionCount + tagCount

    /// Keyed, and of no message yet: keying it costs more than what follows.
    private let keyed: HMAC<SHA256>

    /// A codec under the state's key.
    init(key: SymmetricKey) {
        self.keyed = HMAC(key: key)
    }

    /// The code of a token's random bytes; computed before the token's position is known, so that the window's lock is
    /// held briefly.
    func code(of random: [UInt8]) -> HashedAuthenticationCode<SHA256> {
        var code = keyed
        code.update(data: random)
        return code.finalize()
    }

    /// Makes random bytes the token of a slot. A token of another slot becomes this one's.
    func complete(
        _ bytes: inout [UInt8],
        with code: HashedAuthenticationCode<SHA256>,
        at position: SlotPosition
    ) {
        bytes.removeSubrange(Self.randomCount...)
        position.append(to: &bytes)
        // Sound: within the code's 32 bytes.
        unsafe code.withUnsafeBytes { mac in
            for offset in 0..<Self.positionCount { bytes[Self.randomCount + offset] ^= unsafe mac[offset] }
            for offset in 0..<Self.tagCount { bytes.append(unsafe mac[Self.positionCount + offset]) }
        }
    }

    /// Where a token's slot has to lie, and the token's bytes; nil for one that was not made under this key.
    func position(of token: AccessToken) -> (position: SlotPosition, bytes: [UInt8])? {
        guard let bytes = Base64.url.decode(token.handle.utf8.span),
            bytes.count == Self.count
        else { return nil }
        var keyed = keyed
        // Sound: the pointer is used within the call.
        unsafe bytes.withUnsafeBytes {
            unsafe keyed.update(data: UnsafeRawBufferPointer(rebasing: $0[..<Self.randomCount]))
        }
        var number: UInt64 = 0
        var exponent: UInt8 = 0
        var difference: UInt8 = 0
        // Sound: within the code's 32 bytes.
        unsafe keyed.finalize().withUnsafeBytes { mac in
            for offset in 0..<Self.tagCount {
                difference |=
                    unsafe bytes[Self.randomCount + Self.positionCount + offset] ^ mac[Self.positionCount + offset]
            }
            exponent = unsafe bytes[Self.randomCount] ^ mac[0]
            for offset in 1..<Self.positionCount {
                number |= UInt64(unsafe bytes[Self.randomCount + offset] ^ mac[offset]) << (8 * UInt64(offset - 1))
            }
        }
        guard difference == 0, let position = SlotPosition(spanExponent: exponent, number: number) else { return nil }
        return (position, bytes)
    }
}

extension SlotPosition {
    /// Appends span, window and slot, 9 bytes.
    fileprivate func append(to bytes: inout [UInt8]) {
        bytes.append(window.spanExponent)
        bytes.append(littleEndian: window.index)
        bytes.append(littleEndian: slot)
    }

    /// The same, read: the index and the slot are the low and the high half of a number.
    fileprivate init?(spanExponent: UInt8, number: UInt64) {
        guard let window = Window(spanExponent: spanExponent, index: UInt32(truncatingIfNeeded: number)) else {
            return nil
        }
        self.init(window: window, slot: UInt32(truncatingIfNeeded: number >> 32))
    }
}
