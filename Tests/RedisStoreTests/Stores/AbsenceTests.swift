import FileStore
import GrantCore
import StoreConformance
import Testing

@testable import RedisStore

@Suite("Why the engine has no active token") struct AbsenceTests {
    private let grant = TokenStoreConformanceGrant.grant
    private let now = KernelFileSystem().now

    /// What a store says of a token that it issued, if its member has this record of it; nil for none.
    private func absence(
        ofTokenWith record: [UInt8]?,
        after seconds: Int64 = 0,
        revoking isRevoked: Bool = false
    ) throws -> TokenAbsence? {
        let value = record.map { Array("$\($0.count)\r\n".utf8) + $0 + Array("\r\n".utf8) } ?? Array("$-1\r\n".utf8)
        let member = try FakeMember { words in
            switch words.first {
            case "MGET": .bytes(Array("*2\r\n".utf8) + value + Array("$8\r\nversion1\r\n".utf8))
            case "SET" where words.last == "GET": .bytes(value)
            default: FakeMember.healthy(words)
            }
        }
        let machines = Machines([.socket(path: member.path)])
        machines.kept = member
        let store = try machines.open()
        return try machines.run {
            let token = try await store.tokens.issue(grant, at: now, lifetime: 600)
            if isRevoked { _ = try await store.tokens.revoke(token, issuedTo: nil, at: now) }
            return try await store.tokens.absence(of: token, at: now.adding(seconds: seconds))
        }
    }

    @Test func `A record that is there tells`() throws {
        let record = EngineRecord.bytes(of: grant, issuedAt: now, lifetime: 600)
        #expect(try absence(ofTokenWith: record) == nil)
        let end = now.adding(seconds: 600)
        let expired = TokenRecord(grant: grant, issuedAt: now, expiresAt: end)
        #expect(try absence(ofTokenWith: record, after: 600) == .expired(at: end, expired))
        #expect(try absence(ofTokenWith: []) == .revoked(nil))
    }

    @Test func `Without one the journal may tell`() throws {
        #expect(try absence(ofTokenWith: nil) == .gone)
        #expect(try absence(ofTokenWith: nil, revoking: true) == .revoked(nil))
    }

    @Test func `A token of another key is foreign`() throws {
        let member = try FakeMember { FakeMember.healthy($0) }
        let machines = Machines([.socket(path: member.path)])
        machines.kept = member
        let store = try machines.open()
        let token = try #require(AccessToken(String(repeating: "A", count: 64)))
        #expect(try machines.run { try await store.tokens.absence(of: token, at: now) } == .foreign)
    }
}
