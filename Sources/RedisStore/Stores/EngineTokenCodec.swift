import Crypto
import Encoding
import GrantCore

/// Writes and reads tokens: 41 random bytes and the first 7 of their HMAC-SHA-256 under the engine's key, as 64 characters
/// of base64url. Without the key none can be made, so garbage costs the engine nothing.
struct EngineTokenCodec {
    static let randomCount = 41
    private static let tagCount = 7

    private let keyed: HMAC<SHA256>

    /// A codec under the engine's key.
    init(key: SymmetricKey) {
        keyed = HMAC(key: key)
    }

    /// The bytes of a token with these random ones.
    func token(of random: [UInt8]) -> [UInt8] {
        var code = keyed
        code.update(data: random)
        return unsafe code.finalize().withUnsafeBytes { unsafe random + $0.prefix(Self.tagCount) }
    }

    /// The bytes of a token of any key; nil for what cannot be a token of grantd's.
    static func bytesOfAny(_ token: AccessToken) -> [UInt8]? {
        guard let bytes = Base64.url.decode(token.handle.utf8.span), bytes.count == randomCount + tagCount else {
            return nil
        }
        return bytes
    }

    /// A token's bytes; nil for one that was not made under this key.
    func bytes(of token: AccessToken) -> [UInt8]? {
        guard let bytes = Self.bytesOfAny(token) else { return nil }
        var difference: UInt8 = 0
        for (one, other) in zip(bytes, self.token(of: Array(bytes.prefix(Self.randomCount)))) {
            difference |= one ^ other
        }
        return difference == 0 ? bytes : nil
    }
}
