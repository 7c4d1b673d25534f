import Crypto
import FileStore
import GrantCore
import Testing

@testable import RedisStore

@Suite struct EngineRecordTests {
    private static let ids = ["a", String(repeating: "é", count: 125), "web app"].compactMap(ClientID.init)
    private static let scopes = [Scope.none, Scope("a"), Scope(String(repeating: "x", count: 7168))].compactMap(\.self)
    private static let generations = [nil, Generation("one"), Generation(String(repeating: "g", count: 64))]

    @Test(arguments: ids, scopes)
    func `A record is read as it was written`(id: ClientID, scope: Scope) throws {
        for generation in Self.generations {
            let grant = Grant(clientID: id, scope: scope, generation: generation)
            let issuedAt = Timestamp(microseconds: 1_800_000_000_123_456)
            let bytes = EngineRecord.bytes(of: grant, issuedAt: issuedAt, lifetime: 31_536_000)
            let record = try #require(try EngineRecord.record(bytes))
            #expect(record.grant == grant && record.issuedAt == issuedAt)
            #expect(record.expiresAt == issuedAt.adding(seconds: 31_536_000))
            for length in 1..<min(bytes.count, 300) {
                #expect(throws: StorageError.self) { try EngineRecord.record(Array(bytes.prefix(length))) }
            }
        }
    }

    @Test func `An empty record is of a revoked token, another version is refused`() throws {
        #expect(try EngineRecord.record([]) == nil)
        #expect(throws: StorageError.self) { try EngineRecord.record([UInt8](repeating: 2, count: 40)) }
    }

    @Test func `A token is good under its own key alone, whatever character is changed`() throws {
        let codec = EngineTokenCodec(key: SymmetricKey(data: [UInt8](repeating: 1, count: 32)))
        let other = EngineTokenCodec(key: SymmetricKey(data: [UInt8](repeating: 2, count: 32)))
        let bytes = codec.token(of: SecureRandom.bytes(EngineTokenCodec.randomCount))
        let token = AccessToken(encoding: bytes)
        #expect(token.exposedValue.utf8.count == 64)
        #expect(codec.bytes(of: token) == bytes)
        #expect(other.bytes(of: token) == nil)
        for index in bytes.indices {
            var changed = bytes
            changed[index] ^= 1
            #expect(codec.bytes(of: AccessToken(encoding: changed)) == nil)
        }
    }

    @Test func `A token's key holds its digest but for the byte that the tag holds`() {
        for _ in 0..<100 {
            let digest = SecureRandom.bytes(32)
            let name = TokenKey(digest)
            #expect(TokenKey.digest(inKey: name.key) == digest)
        }
        #expect(TokenKey.digest(inKey: Array("t{3ff}".utf8)) == nil)
        #expect(TokenKey.digest(inKey: Array("t{zzz}".utf8) + [UInt8](repeating: 0, count: 31)) == nil)
    }
}
