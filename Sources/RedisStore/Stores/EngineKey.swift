import Crypto
import GrantCore

/// The engine's key `k`, 32 random bytes: under it tokens are tagged, and the keys of counts are made.
final class EngineKey {
    /// Where it is.
    static let name = [UInt8]("k")
    static let byteCount = 32
    static let slot = HashSlot.of(name)

    private let engine: Engine
    private var known: Known?

    /// What the key is good for.
    struct Known {
        let tokens: EngineTokenCodec
        fileprivate let names: HMAC<SHA256>

        /// A name for what is counted, from which it cannot be told.
        func name(of bytes: [UInt8]) -> [UInt8] {
            var code = names
            code.update(data: bytes)
            return unsafe code.finalize().withUnsafeBytes { unsafe Array($0.prefix(16)) }
        }
    }

    init(of engine: Engine) {
        self.engine = engine
    }

    /// The key, which is asked for once.
    func value() async throws(EngineFailure) -> Known {
        if let known { return known }
        let replies = try await engine.perform(Self.question, at: Self.slot)
        guard let bytes = replies.first?.bytes else {
            throw .misconfigured("the engine is not set up for grantd: run `grantctl store init`")
        }
        guard bytes.count == Self.byteCount else { throw .misconfigured("the engine's key k is not of 32 bytes") }
        let key = SymmetricKey(data: bytes)
        let names = HKDF<SHA256>.deriveKey(
            inputKeyMaterial: key,
            info: Array("grantd counts".utf8),
            outputByteCount: 32
        )
        let known = Known(tokens: EngineTokenCodec(key: key), names: HMAC(key: names))
        self.known = known
        return known
    }

    private static let question = RedisCommands("GET", "k")
}
