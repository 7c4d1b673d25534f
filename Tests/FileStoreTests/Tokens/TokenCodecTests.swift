import Crypto
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
        try #require(AccessToken(Base64.url.encode(codec.token(from: codec.seed(random: random), at: position))))
    }

    @Test("the place comes back")
    func roundTrip() throws {
        for slot in [1, 2, 255, 256, UInt32.max] {
            let position = SlotPosition(window: Self.position.window, slot: slot)
            let token = try Self.token(SecureRandom.bytes(32), at: position)
            #expect(Self.codec.position(of: token)?.position == position)
            #expect(token.exposedValue.utf8.count == 64)
        }
    }

    @Test("neighbouring slots look nothing alike: the place is under a mask of the token's own")
    func mask() throws {
        let first = Array(try Self.token(SecureRandom.bytes(32)).exposedValue.utf8)
        let second = Array(try Self.token(SecureRandom.bytes(32)).exposedValue.utf8)
        #expect(zip(first, second).count { $0 == $1 } < 16)
    }

    @Test("another key reads none of it")
    func otherKey() throws {
        let other = TokenCodec(key: SymmetricKey(data: [UInt8](repeating: 1, count: 32)))
        for _ in 0..<100 {
            #expect(other.position(of: try Self.token(SecureRandom.bytes(32))) == nil)
        }
    }

    @Test("a changed byte of the random part or of the tag is refused before any look at the disk")
    func tag() throws {
        let bytes = Self.codec.token(from: Self.codec.seed(random: SecureRandom.bytes(32)), at: Self.position)
        for offset in Array(0..<32) + Array(41..<48) {
            var changed = bytes
            changed[offset] ^= 1
            #expect(Self.codec.position(of: try #require(AccessToken(Base64.url.encode(changed)))) == nil)
        }
    }

    @Test("another length is refused", arguments: [0, 1, 32, 47, 49, 60])
    func length(_ count: Int) throws {
        guard let token = AccessToken(Base64.url.encode([UInt8](repeating: 7, count: count))) else { return }
        #expect(Self.codec.position(of: token) == nil)
    }
}
