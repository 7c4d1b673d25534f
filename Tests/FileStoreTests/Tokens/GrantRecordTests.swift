import GrantCore
import Testing

@testable import FileStore

@Suite("A grant's record")
struct GrantRecordTests {
    @Test("A grant is read as it was written", arguments: ["", "orders.read", "orders.read invoices.write"])
    func roundTrip(scope: String) throws {
        let grant = Grant(clientID: try #require(ClientID("billing")), scope: try #require(Scope(scope)))
        #expect(GrantRecord.grant(GrantRecord.content(of: grant)) == grant)
    }

    @Test(
        "What grantd would not write is no grant",
        arguments: [
            Array("billing".utf8), Array("\0orders.read".utf8), Array("billing\0a  b".utf8), Array("billing\0a a".utf8),
            Array("billing\0a\0".utf8), Array("billing".utf8) + [0xFF, 0], [0xC3, 0x28, 0],
        ]
    )
    func foreignContent(content: [UInt8]) {
        #expect(GrantRecord.grant(content) == nil)
    }
}
