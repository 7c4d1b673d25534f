import Crypto
import Encoding
import GrantCore
import Testing

@testable import FileStore

@Suite("A token carries its place, masked, and tells its holder nothing")
struct TokenCodecTests {
    static let codec = TokenCodec(key: SymmetricKey(data: Array("0123456789abcdef0123456789abcdef".utf8)))
    static let position = SlotPosition(
        window: Window(expiresAt: Timestamp(seconds: 1_800_000_000), lifetime: 3600),
        slot: 4_000_000_000
    )

    static func token(_ random: [UInt8], at position: SlotPosition = position) throws -> AccessToken {
        try #require(AccessToken(Base64.url.encode(codec.token(of: random, at: position))))
    }

    @Test
    func `the place comes back`() throws {
        for slot in [1, 2, 255, 256, UInt32.max] {
            let position = SlotPosition(window: Self.position.window, slot: slot)
            let token = try Self.token(SecureRandom.bytes(32), at: position)
            #expect(Self.codec.position(of: token)?.position == position)
            #expect(token.exposedValue.utf8.count == 64)
        }
    }

    @Test
    func `neighbouring slots look nothing alike: the place is under a mask of the token's own`() throws {
        let first = Array(try Self.token(SecureRandom.bytes(32)).exposedValue.utf8)
        let second = Array(try Self.token(SecureRandom.bytes(32)).exposedValue.utf8)
        #expect(zip(first, second).count { $0 == $1 } < 16)
    }

    @Test
    func `another key reads none of it`() throws {
        let other = TokenCodec(key: SymmetricKey(data: [UInt8](repeating: 1, count: 32)))
        for _ in 0..<100 {
            #expect(other.position(of: try Self.token(SecureRandom.bytes(32))) == nil)
        }
    }

    @Test
    func `a changed byte of the random part or of the tag is refused before any look at the disk`() throws {
        let bytes = Self.codec.token(of: SecureRandom.bytes(32), at: Self.position)
        for offset in Array(0..<32) + Array(41..<48) {
            var changed = bytes
            changed[offset] ^= 1
            #expect(Self.codec.position(of: try #require(AccessToken(Base64.url.encode(changed)))) == nil)
        }
    }

    @Test(arguments: [0, 1, 32, 47, 49, 60])
    func `another length is refused`(_ count: Int) throws {
        guard let token = AccessToken(Base64.url.encode([UInt8](repeating: 7, count: count))) else { return }
        #expect(Self.codec.position(of: token) == nil)
    }
}

extension TokenCodec {
    /// The token that random bytes become at a position.
    fileprivate func token(of random: [UInt8], at position: SlotPosition) -> [UInt8] {
        var bytes = random
        complete(&bytes, with: code(of: random), at: position)
        return bytes
    }
}
