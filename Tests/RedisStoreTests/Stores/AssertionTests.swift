import FileStore
import GrantCore
import StoreConformance
import Synchronization
import Testing

@testable import RedisStore

@Suite("The use of an assertion is answered when two machines have it") struct AssertionTests {
    private let now = KernelFileSystem().now

    /// The mark that a member has.
    private final class Mark: Sendable {
        let text = Mutex<String?>(nil)
    }

    /// A store on a member that keeps one mark, and so many replicas that confirm.
    ///
    /// - Parameter first: what it answers to the first question for the mark.
    private func store(
        replicas: Int = 1,
        asking wanted: Int = 1,
        mark: Mark = Mark(),
        first: FakeMember.Answer? = nil
    ) throws -> (Machines, RedisStore, FakeMember, TemporaryDirectory) {
        let answered = Mutex(first == nil)
        let member = try FakeMember { words in
            switch words.first {
            case "SET" where words.contains("NX"):
                return mark.text.withLock { known in
                    if known != nil { return .text("$-1\r\n") }
                    known = words[2]
                    return .text("+OK\r\n")
                }
            case "GET" where words[1].hasPrefix("j{"):
                let isFirst = answered.withLock { answered in
                    defer { answered = true }
                    return !answered
                }
                if isFirst, let first { return first }
                return .text(mark.text.withLock { $0.map(FakeMember.bulk) ?? "$-1\r\n" })
            case "WAIT": return .text(":\(replicas)\r\n")
            default: return FakeMember.healthy(words)
            }
        }
        let machines = Machines([.socket(path: member.path)])
        machines.kept = member
        let directory = try TemporaryDirectory()
        let store = try machines.open(state: directory) { $0.replicas = wanted }
        // It is met, so that it does not get the first use from the journal as well.
        let token = AccessToken(encoding: [UInt8](repeating: 7, count: 48))
        _ = try machines.run { try await store.tokens.find(token, at: now) }
        return (machines, store, member, directory)
    }

    private func use(_ store: RedisStore, on machines: Machines) throws -> Bool {
        let name = AssertionName(client: try #require(ClientID("client")), jti: "one")
        return try machines.run { try await store.assertions.use(name, until: now.adding(seconds: 60), at: now) }
    }

    private func journal(in directory: TemporaryDirectory) throws -> RevocationJournal.Entries {
        try RevocationJournal(in: StateDirectory(path: directory.path)).entries(at: now)
    }

    @Test func `A replica that confirms is the second machine`() throws {
        let (machines, store, member, directory) = try store()
        #expect(try use(store, on: machines))
        #expect(try journal(in: directory).uses.count == 1)
        #expect(member.questions.suffix(3).map(\.first) == ["SET", "GET", "WAIT"])
        let words = try #require(member.questions.first { $0.contains("NX") })
        #expect(words[4] == "PX" && words[5] == "120000")
        #expect(try !use(store, on: machines))
    }

    @Test func `Without one it is noted, in the journal, and answered by an error if the primary is on this machine`()
        throws
    {
        let (machines, store, _, directory) = try store(replicas: 0)
        #expect(throws: StorageError.self) { try use(store, on: machines) }
        #expect(try journal(in: directory).uses.count == 1)
        #expect(machines.reports.contains { if case .unconfirmed = $0 { true } else { false } })
        #expect(try !use(store, on: machines), "it may have been answered")
    }

    @Test func `A site that has no replica waits for none`() throws {
        let (machines, store, member, _) = try store(replicas: 0, asking: 0)
        #expect(try use(store, on: machines))
        #expect(try !use(store, on: machines))
        #expect(!member.questions.contains { $0.first == "WAIT" })
    }

    @Test func `One whose answer does not come is asked again, and knows its own note`() throws {
        let (machines, store, member, _) = try store(first: .close(after: []))
        #expect(try use(store, on: machines))
        #expect(member.questions.count { $0.contains("NX") } == 2)
        #expect(try !use(store, on: machines))
    }

    @Test(arguments: ["$-1\r\n", ":1\r\n", "+OK\r\n", "*0\r\n", "-ERR what\r\n", "-NOPERM no\r\n"])
    func `No answer but its own mark lets it pass`(answer: String) throws {
        let (machines, store, _, _) = try store(first: .text(answer))
        let isFirst = try? use(store, on: machines)
        #expect(isFirst != true)
    }

    @Test func `A member that takes over gets the uses first, so that none passes again`() throws {
        let (machines, first, _, directory) = try store()
        #expect(try use(first, on: machines))
        // It has nothing, as if it had not got what was answered.
        let (later, _, member, _) = try store()
        let second = try later.open(state: directory) { $0.replicas = 1 }
        #expect(try !use(second, on: later))
        let marks = member.questions.filter { $0.contains("NX") }.map { $0[2] }
        #expect(marks.count == 3 && marks[1] == marks[2], "the journal's two, and its own")
        #expect(try use(first, on: machines) == false)
    }

    @Test func `A use that a member gets from the journal before it is asked is known as its own`() throws {
        let (machines, _, member, directory) = try store()
        let late = try machines.open(state: directory) { $0.replicas = 1 }
        #expect(try use(late, on: machines))
        #expect(member.questions.count { $0.contains("NX") } == 2)
    }

    @Test func `A member that takes over and takes no writes can be asked for tokens`() throws {
        let (machines, first, _, directory) = try store()
        #expect(try use(first, on: machines))
        let member = try FakeMember { words in
            words.contains("NX") ? .text("-OOM command not allowed\r\n") : FakeMember.healthy(words)
        }
        let later = Machines([.socket(path: member.path)])
        later.kept = member
        let store = try later.open(state: directory)
        let token = AccessToken(encoding: [UInt8](repeating: 7, count: 48))
        #expect(try later.run { try await store.tokens.find(token, at: now) } == nil)
        #expect(throws: StorageError.self) { try use(store, on: later) }
    }
}
