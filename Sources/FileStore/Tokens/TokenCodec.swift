import Crypto
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
///     41  the HMAC's next 7 bytes: without the key nobody writes them, so garbage is refused without a look at the disk
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

    /// What a token will be made of once its position is known; made ahead, so that the window's lock is held briefly.
    struct Seed {
        let random: [UInt8]
        let mac: [UInt8]
    }

    /// Prepares a token.
    func seed(random: [UInt8]) -> Seed {
        var code = keyed
        code.update(data: random)
        return Seed(random: random, mac: code.finalize().bytes)
    }

    /// The token's bytes for a slot.
    func token(from seed: Seed, at position: SlotPosition) -> [UInt8] {
        var bytes = seed.random
        bytes.reserveCapacity(Self.count)
        for (byte, mask) in zip(position.bytes, seed.mac) { bytes.append(byte ^ mask) }
        bytes += seed.mac[Self.positionCount..<Self.positionCount + Self.tagCount]
        return bytes
    }

    /// Where a token's slot has to lie, and the token's bytes; nil for one that was not made under this key.
    func position(of token: AccessToken) -> (position: SlotPosition, bytes: [UInt8])? {
        guard let bytes = Base64.url.decode(token.exposedValue.utf8),
            bytes.count == Self.count
        else { return nil }
        let seed = seed(random: Array(bytes.prefix(Self.randomCount)))
        let tag = zip(bytes.suffix(Self.tagCount), seed.mac[Self.positionCount...])
        guard tag.reduce(0, { $0 | ($1.0 ^ $1.1) }) == 0 else { return nil }
        let masked = bytes[Self.randomCount..<Self.randomCount + Self.positionCount]
        guard let position = SlotPosition(bytes: zip(masked, seed.mac).map { $0 ^ $1 }) else { return nil }
        return (position, bytes)
    }
}

extension SlotPosition {
    /// Span, window and slot in 9 bytes.
    fileprivate var bytes: [UInt8] {
        var bytes = [window.spanExponent]
        bytes.append(littleEndian: window.index)
        bytes.append(littleEndian: slot)
        return bytes
    }

    fileprivate init?(bytes: [UInt8]) {
        let numbers = bytes[...]
        let index = numbers.littleEndian(at: 1, as: UInt32.self)
        guard let window = Window(spanExponent: numbers[0], index: index) else { return nil }
        self.init(window: window, slot: numbers.littleEndian(at: 5, as: UInt32.self))
    }
}
