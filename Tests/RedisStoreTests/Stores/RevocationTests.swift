import FileStore
import GrantCore
import StoreConformance
import Testing

@testable import RedisStore

@Suite("A revocation is answered when two machines have it") struct RevocationTests {
    private let grant = TokenStoreConformanceGrant.grant
    private let now = KernelFileSystem().now

    /// A store on a member that has one token for whatever it is asked, and so many replicas that confirm.
    private func store(replicas: Int, asking wanted: Int = 1) throws -> (
        Machines, RedisStore, FakeMember, TemporaryDirectory
    ) {
        let record = EngineRecord.bytes(of: grant, issuedAt: now, lifetime: 600)
        let value = Array("$\(record.count)\r\n".utf8) + record + Array("\r\n".utf8)
        let member = try FakeMember { words in
            switch words.first {
            case "MGET": .bytes(Array("*2\r\n".utf8) + value + Array("$8\r\nversion1\r\n".utf8))
            case "SET" where words.last == "GET": .bytes(value)
            case "WAIT": .text(":\(replicas)\r\n")
            default: FakeMember.healthy(words)
            }
        }
        let machines = Machines([.socket(path: member.path)])
        machines.kept = member
        let directory = try TemporaryDirectory()
        return (machines, try machines.open(state: directory) { $0.replicas = wanted }, member, directory)
    }

    private func journal(in directory: TemporaryDirectory) throws -> RevocationJournal.Entries {
        try RevocationJournal(in: StateDirectory(path: directory.path)).entries(at: now)
    }

    @Test func `A replica that confirms is the second machine`() throws {
        let (machines, store, member, directory) = try store(replicas: 1)
        let token = try machines.run { try await store.tokens.issue(grant, at: now, lifetime: 600) }
        #expect(try machines.run { try await store.tokens.revoke(token, issuedTo: grant.clientID, at: now) } == .ended)
        #expect(try journal(in: directory).count == 1)
        let last = member.questions.suffix(3).map(\.first)
        #expect(last == ["SET", "DEL", "WAIT"])
    }

    @Test func `Without one it is made, in the journal, and answered by an error if the primary is on this machine`()
        throws
    {
        let (machines, store, member, directory) = try store(replicas: 0)
        let token = try machines.run { try await store.tokens.issue(grant, at: now, lifetime: 600) }
        #expect(throws: StorageError.self) {
            try machines.run { try await store.tokens.revoke(token, issuedTo: grant.clientID, at: now) }
        }
        #expect(try journal(in: directory).count == 1)
        #expect(member.questions.contains { $0.first == "DEL" })
        #expect(machines.reports.contains { if case .unconfirmed = $0 { true } else { false } })
    }

    @Test func `A site that has no replica says so, and nothing is waited for`() throws {
        let (machines, store, member, directory) = try store(replicas: 0, asking: 0)
        let token = try machines.run { try await store.tokens.issue(grant, at: now, lifetime: 600) }
        #expect(try machines.run { try await store.tokens.revoke(token, issuedTo: grant.clientID, at: now) } == .ended)
        #expect(try journal(in: directory).count == 1)
        #expect(!member.questions.contains { $0.first == "WAIT" })
    }

    @Test func `Another client's token is left alone`() throws {
        let (machines, store, member, directory) = try store(replicas: 1)
        let token = try machines.run { try await store.tokens.issue(grant, at: now, lifetime: 600) }
        let other = try #require(ClientID("another"))
        #expect(try machines.run { try await store.tokens.revoke(token, issuedTo: other, at: now) } == .absent)
        #expect(try journal(in: directory).count == 0)
        #expect(!member.questions.contains { $0.first == "DEL" })
    }

    @Test func `A member that was not met before gets the journal before it is asked anything`() throws {
        let (machines, first, _, directory) = try store(replicas: 1)
        let token = try machines.run { try await first.tokens.issue(grant, at: now, lifetime: 600) }
        _ = try machines.run { try await first.tokens.revoke(token, issuedTo: nil, at: now) }

        let member = try FakeMember { FakeMember.healthy($0) }
        let later = Machines([.socket(path: member.path)])
        later.kept = member
        let second = try later.open(state: directory)
        _ = try later.run { try await second.tokens.find(token, at: now) }
        let names = member.questions.map { $0.first ?? "" }
        let deletion = try #require(names.firstIndex(of: "DEL"))
        #expect(try #require(names.firstIndex(of: "MGET")) > deletion)
        #expect(names.firstIndex(of: "GET").map { $0 > deletion } ?? true)
        guard case .journalSent(_, _, let entries, let alive, _)? = later.reports.first else {
            Issue.record("\(later.reports) has no word of the journal")
            return
        }
        #expect(entries == 1 && alive == 1)
    }
}
