import FileStore
import GrantCore
import StoreSimulation
import SystemPackage
import Testing

@testable import RedisStore

@Suite("What the journal answered survives kills and power cuts") struct JournalCrashTests {
    private static let now = Timestamp(seconds: 1_800_000_000)

    private static func digest(_ number: Int) -> [UInt8] { [UInt8](repeating: UInt8(number), count: 32) }

    private static func change(_ number: Int) -> RegistrationChange {
        RegistrationChange(client: digest(number), number: "0123456789abcdef", json: Array(#"{"a":\#(number)}"#.utf8))
    }

    private static func open(_ process: SimulatedProcess) throws -> RevocationJournal {
        try RevocationJournal(in: StateDirectory(path: "/state", fileSystem: process))
    }

    /// Appends revocations and changes, and says which of them were answered.
    private static func append(_ numbers: Range<Int>, to journal: RevocationJournal) -> Set<Int> {
        var answered: Set<Int> = []
        for number in numbers {
            do throws(StorageError) {
                if number.isMultiple(of: 2) {
                    try journal.append(revoked: digest(number), until: now.adding(seconds: 3600), at: now)
                } else {
                    try journal.append(change(number), at: now)
                }
                answered.insert(number)
            } catch {
                continue
            }
        }
        return answered
    }

    private static func expect(_ answered: Set<Int>, on machine: SimulatedMachine, _ when: String) throws {
        let entries = try open(machine.process(user: User.service)).entries(at: now)
        for number in answered {
            let isThere =
                number.isMultiple(of: 2)
                ? entries.revoked.contains(digest(number)) : entries.changes.contains(change(number))
            #expect(isThere, "\(number) is there \(when)")
        }
        #expect(entries.changes.allSatisfy { change in (0..<30).contains { Self.change($0) == change } }, "\(when)")
    }

    @Test func `whichever call a process is killed at, and whatever the disk had not got`() throws {
        let whole = SimulatedMachine(time: Self.now).process(user: User.service)
        _ = Self.append(0..<6, to: try Self.open(whole))
        #expect(whole.calls.count > 30)
        for call in whole.calls.indices {
            let machine = SimulatedMachine(time: Self.now)
            let killed = machine.process(user: User.service)
            killed.intercept { number, _ in number == call ? .kill : nil }
            var answered: Set<Int> = []
            if let journal = try? Self.open(killed) { answered = Self.append(0..<6, to: journal) }
            try Self.expect(answered, on: machine.restartedWithoutUnsynced(), "after a cut at call \(call)")
            answered.formUnion(Self.append(10..<16, to: try Self.open(machine.process(user: User.service))))
            #expect(answered.isSuperset(of: 10..<16))
            try Self.expect(answered, on: machine, "after a kill at call \(call)")
            try Self.expect(answered, on: machine.restartedWithoutUnsynced(), "after a kill at call \(call) and a cut")
            try Self.expect(answered, on: machine.restartedWithAll(), "after a kill at call \(call) and a restart")
        }
    }

    @Test func `a sync that fails is not answered`() throws {
        let machine = SimulatedMachine(time: Self.now)
        let process = machine.process(user: User.service)
        let journal = try Self.open(process)
        process.intercept { _, call in call == .fsync ? .failure(.ioError) : nil }
        #expect(Self.append(0..<4, to: journal) == [])
    }
}
