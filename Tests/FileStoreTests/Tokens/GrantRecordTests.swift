import GrantCore
import Testing

@testable import FileStore

@Suite("A grant's record")
struct GrantRecordTests {
    @Test(arguments: ["", "orders.read", "orders.read invoices.write"])
    func `A grant is read as it was written`(scope: String) throws {
        let grant = Grant(clientID: try #require(ClientID("billing")), scope: try #require(Scope(scope)))
        #expect(GrantRecord.grant(GrantRecord.content(of: grant)) == grant)
    }

    @Test
    func `A generation is kept, and a record without one is what it always was`() throws {
        let id = try #require(ClientID("billing"))
        for generation in [nil, Generation("a"), Generation("0123456789abcdef")] {
            let grant = Grant(clientID: id, scope: .none, generation: generation)
            #expect(GrantRecord.grant(GrantRecord.content(of: grant)) == grant)
        }
        let other = Grant(clientID: id, scope: .none, audience: try #require(Audience(["a", "b"])))
        #expect(GrantRecord.content(of: other) == Array("billing\0\0\0a b".utf8))
        let plain = Grant(clientID: id, scope: try #require(Scope("a b")))
        #expect(GrantRecord.content(of: plain) == Array("billing\0a b".utf8))
    }

    @Test(arguments: [
        Array("billing".utf8), Array("\0orders.read".utf8), Array("billing\0a  b".utf8), Array("billing\0a a".utf8),
        Array("billing\0a\0".utf8), Array("billing\0a\0b\0".utf8),
        Array("billing\0a\0b\0c  d".utf8), Array("billing\0a\0b\0c\0d".utf8), Array("billing\0a\0\0".utf8),
        Array("billing\0a\0b c".utf8), Array("billing".utf8) + [0xFF, 0], [0xC3, 0x28, 0],
    ])
    func `What grantd would not write is no grant`(content: [UInt8]) {
        #expect(GrantRecord.grant(content) == nil)
    }
}
