import Synchronization
import Testing

@testable import RedisStore

/// An engine whose replicas confirm late, or never.
struct EngineSetUpTests {
    /// An engine that is empty, of which a replica confirms what is written once so many questions for it were asked.
    private func engine(patience: Duration, confirmedFrom first: Int) throws -> (Machines, RedisStore, FakeMember) {
        let waits = Mutex(0)
        let member = try FakeMember { words in
            switch words.first {
            case "GET": return .text("$-1\r\n")
            case "DBSIZE": return .text(":0\r\n")
            case "FUNCTION": return .text("+OK\r\n")
            case "WAIT":
                let asked = waits.withLock { waits in
                    waits += 1
                    return waits
                }
                return .text(asked >= first ? ":1\r\n" : ":0\r\n")
            default: return FakeMember.healthy(words)
            }
        }
        let machines = Machines([.socket(path: member.path)])
        machines.patience = patience
        machines.kept = member
        return (machines, try machines.open { $0.replicas = 1 }, member)
    }

    @Test func `A replica that has just joined may confirm the key a moment later`() throws {
        let (machines, store, member) = try engine(patience: .seconds(30), confirmedFrom: 5)
        #expect(try machines.run { try await EngineAdministration(store.engine).setUp() } == .made)
        let keys = member.questions.filter { $0.starts(with: ["SET", "k"]) }
        #expect(keys.count == 5 && Set(keys).count == 1, "the same key each time")
        #expect(keys.allSatisfy { $0.last == "NX" }, "and only where there is none")
    }

    @Test func `Without a replica it ends with what to do`() throws {
        let (machines, store, _) = try engine(patience: .milliseconds(50), confirmedFrom: .max)
        let failure = #expect(throws: EngineFailure.self) {
            try machines.run { try await EngineAdministration(store.engine).setUp() }
        }
        #expect(failure?.description.contains("with no replica, set GRANTD_STORE_REPLICAS=0") == true)
    }
}
