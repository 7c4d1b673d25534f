import Encoding
import Foundation
import GrantCore
import Synchronization
import Testing

@testable import FileStore

@Suite("FileTokenStore's files")
struct FileTokenStoreTests {
    static let now = Timestamp(seconds: 1_800_000_000)
    let state: TemporaryState
    let grant: Grant

    init() throws {
        state = try TemporaryState()
        grant = Grant(clientID: try #require(ClientID("web-app")), scope: try #require(Scope("a b")))
    }

    func store(_ report: @escaping (StoreReport) -> Void = { _ in }) throws -> FileTokenStore {
        FileTokenStore(in: try state.open(), durability: .process, report: report)
    }

    private func slotsName() throws -> String { try name(of: ".slots") }

    private func grantsName() throws -> String { try name(of: ".grants") }

    func name(of kind: String) throws -> String {
        try #require(try state.names(in: "tokens").first { $0.hasSuffix(kind) })
    }

    @Test
    func `a live token costs 64 bytes, and its grant one cell a window; each store takes at most 63 slots ahead`()
        throws
    {
        let store = try self.store()
        for _ in 0..<1000 { _ = try store.issue(grant, at: Self.now, lifetime: 3600) }
        let names = try state.names(in: "tokens")
        #expect(names.count == 2)
        let size = try state.read("tokens/\(slotsName())").count
        #expect((64 * 1001...64 * 1064).contains(size))
        let grants = try #require(names.first { $0.hasSuffix(".grants") })
        #expect(try state.read("tokens/\(grants)").count == 128)
    }

    @Test
    func `a process that issues one token takes no slot ahead, and those of many processes lie side by side`() throws {
        for _ in 0..<20 { _ = try store().issue(grant, at: Self.now, lifetime: 3600) }
        #expect(try state.read("tokens/\(slotsName())").count == 64 * 21)
    }

    @Test
    func `slots that were taken ahead are filled though another process takes some meanwhile`() throws {
        let stores = try [store(), store(), store()]
        let tokens = try (0..<300).map { turn in
            try stores[turn * turn % 3].issue(grant, at: Self.now, lifetime: 3600)
        }
        for token in tokens { #expect(try store().find(token, at: Self.now)?.grant == grant) }
        #expect(Set(tokens.map(\.exposedValue)).count == 300)
    }

    @Test
    func `neither the token nor any part of it is in the files`() throws {
        let token = try store().issue(grant, at: Self.now, lifetime: 3600)
        let decoded = Base64.url.decode(token.exposedValue.utf8.span)
        let bytes = try #require(decoded)
        for name in try state.names(in: "tokens") {
            let content = Data(try state.read("tokens/\(name)"))
            #expect(content.range(of: Data(bytes.prefix(8))) == nil)
            #expect(content.range(of: Data(token.exposedValue.utf8.prefix(8))) == nil)
        }
    }

    @Test
    func `files are private to their owner`() throws {
        _ = try store().issue(grant, at: Self.now, lifetime: 3600)
        for name in try state.names(in: "tokens").map({ "tokens/\($0)" }) + ["key"] {
            let mode = try FileManager.default.attributesOfItem(atPath: "\(state.path)/\(name)")[.posixPermissions]
            #expect(mode as? Int == 0o600)
        }
    }

    @Test
    func `opening a new window unlinks those that have passed`() throws {
        var reports: [StoreReport] = []
        let clocks = TestClocks(Self.now)
        let store = FileTokenStore(in: try state.open(clocks), durability: .process, report: { reports.append($0) })
        let old = try store.issue(grant, at: clocks.now, lifetime: 60)
        clocks.pass(seconds: 1)
        _ = try store.issue(grant, at: clocks.now, lifetime: 3600)
        #expect(try state.names(in: "tokens").count == 4, "neither has passed")
        clocks.pass(seconds: 1000)
        _ = try store.issue(grant, at: clocks.now, lifetime: 60)
        #expect(try state.names(in: "tokens").count == 4, "one went, one came")
        #expect(reports == [.purged(windows: 1)])
        #expect(try store.find(old, at: clocks.now) == nil)
    }

    @Test
    func `a purge leaves live windows and files of other names alone`() throws {
        let clocks = TestClocks(Self.now)
        let store = FileTokenStore(in: try state.open(clocks), durability: .process)
        let token = try store.issue(grant, at: clocks.now, lifetime: 3600)
        try state.write("not ours".utf8, to: "tokens/README")
        clocks.pass(seconds: 3599)
        #expect(try store.purge(at: clocks.now) == .purged(windows: 0))
        #expect(try store.find(token, at: clocks.now) != nil)
        clocks.pass(seconds: 1401)
        #expect(try store.purge(at: clocks.now) == .purged(windows: 1))
        #expect(try state.names(in: "tokens") == ["README"])
    }

    @Test
    func `a clock that was set ahead ends no token, whoever looks at it first`() throws {
        let clocks = TestClocks(Self.now)
        var reports: [StoreReport] = []
        func process() throws -> FileTokenStore {
            FileTokenStore(in: try state.open(clocks), durability: .process, report: { reports.append($0) })
        }
        let (running, token) = (try process(), try process().issue(grant, at: clocks.now, lifetime: 3600))
        clocks.pass(seconds: 900)
        #expect(try running.purge(at: clocks.now) == .purged(windows: 0))
        clocks.set(clocks.now.adding(seconds: 86_400))
        for store in [try process(), running] { _ = try store.issue(grant, at: clocks.now, lifetime: 3600) }
        #expect(reports == [.purgePostponed(windows: 1)])
        clocks.pass(seconds: 299)
        #expect(try process().purge(at: clocks.now) == .postponed(windows: 1, wait: 1))
        clocks.set(clocks.now.adding(seconds: -86_400))
        #expect(try running.find(token, at: clocks.now)?.grant == grant)
        #expect(try process().find(token, at: clocks.now)?.grant == grant)
        #expect(try process().purge(at: clocks.now) == .postponed(windows: 0, wait: 300), "it was set once more")
    }

    @Test
    func `a purge waits for five minutes after the machine was started, and is not put off by a clock that is slewed`()
        throws
    {
        let clocks = TestClocks(Self.now)
        func purge(_ believing: Bool = false) throws -> PurgeOutcome {
            try FileTokenStore(in: state.open(clocks), durability: .process)
                .purge(at: clocks.now, believingClock: believing)
        }
        _ = try store().issue(grant, at: clocks.now, lifetime: 60)
        clocks.restart()
        clocks.pass(seconds: 5000)
        #expect(try purge() == .postponed(windows: 1, wait: 300))
        clocks.pass(seconds: 200)
        clocks.set(clocks.now.adding(seconds: 1))
        #expect(try purge() == .postponed(windows: 1, wait: 100))
        clocks.pass(seconds: 101)
        clocks.set(clocks.now.adding(seconds: 2))
        #expect(try purge() == .postponed(windows: 1, wait: 300), "two seconds are no slewing")
        for nonsense in ["nonsense", String(repeating: "1 ", count: 64)] {
            try state.write(nonsense.utf8, to: "clock")
            clocks.pass(seconds: 10)
            #expect(try purge() == .postponed(windows: 1, wait: 300), "a file that says nothing costs a wait")
            clocks.pass(seconds: 10)
            #expect(try purge() == .postponed(windows: 1, wait: 290), "and is replaced")
        }
        clocks.pass(seconds: 86_400)
        clocks.set(clocks.now.adding(seconds: -40))
        #expect(try purge() == .purged(windows: 1))
        #expect(try purge(true) == .purged(windows: 0))
    }

    @Test(arguments: [1, 13, 63, 64, 65, 128])
    func `a tail of any length that is no whole slot is passed over`(_ count: Int) throws {
        let first = try store().issue(grant, at: Self.now, lifetime: 3600)
        let name = try "tokens/\(slotsName())"
        try state.write(state.read(name) + [UInt8](repeating: 0, count: count), to: name)
        let second = try store().issue(grant, at: Self.now, lifetime: 3600)
        #expect(try store().find(first, at: Self.now) != nil)
        #expect(try store().find(second, at: Self.now) != nil)
    }

    @Test
    func `a damaged slot is that one token's loss, and reported`() throws {
        let tokens = try (0..<3).map { _ in try self.store().issue(grant, at: Self.now, lifetime: 3600) }
        let name = try slotsName()
        var content = try state.read("tokens/\(name)")
        content[64 * 2 + 5] ^= 1
        try state.write(content, to: "tokens/\(name)")
        var reports: [StoreReport] = []
        let store = try self.store { reports.append($0) }
        #expect(try store.find(tokens[0], at: Self.now) != nil)
        #expect(try store.find(tokens[1], at: Self.now) == nil)
        #expect(try store.find(tokens[2], at: Self.now) != nil)
        #expect(reports == [.damagedSlot(file: name, slot: 2)])
    }

    @Test
    func `a slot whose grant was lost never comes to mean the grant that is written in its place`() throws {
        let token = try store().issue(grant, at: Self.now, lifetime: 3600)
        let grants = try grantsName()
        try state.write(state.read("tokens/\(grants)").prefix(64), to: "tokens/\(grants)")
        let other = Grant(clientID: try #require(ClientID("admin")), scope: try #require(Scope("everything")))
        let second = try store().issue(other, at: Self.now, lifetime: 3600)
        #expect(try store().find(token, at: Self.now) == nil)
        #expect(try store().find(second, at: Self.now)?.grant == other)
    }

    @Test
    func `a torn grant record costs itself alone`() throws {
        _ = try store().issue(grant, at: Self.now, lifetime: 3600)
        let grants = try grantsName()
        try state.write(state.read("tokens/\(grants)") + [9, 0, 1, 2, 3], to: "tokens/\(grants)")
        let other = Grant(clientID: try #require(ClientID("other")), scope: .none)
        let tokens = try (0..<3).map { _ in try self.store().issue(other, at: Self.now, lifetime: 3600) }
        for token in tokens { #expect(try store().find(token, at: Self.now)?.grant == other) }
        #expect(try state.read("tokens/\(grants)").count == 64 * 4, "each new process finds it, none writes it again")
    }

    @Test
    func `a file of an unknown format is refused in words, and not touched`() throws {
        let token = try store().issue(grant, at: Self.now, lifetime: 3600)
        let name = try slotsName()
        var content = try state.read("tokens/\(name)")
        content[16] = 9
        try state.write(content, to: "tokens/\(name)")
        let expected = StorageError.unknownFormat("\(name) is of format 9; this grantd knows format 1 alone")
        #expect(throws: expected) { try store().find(token, at: Self.now) }
        #expect(throws: expected) { try store().issue(grant, at: Self.now, lifetime: 3600) }
        #expect(try state.read("tokens/\(name)") == content)
    }

    @Test
    func `a file of grants of an unknown format is refused as well`() throws {
        _ = try store().issue(grant, at: Self.now, lifetime: 3600)
        let name = try grantsName()
        var content = try state.read("tokens/\(name)")
        content[16] = 2
        try state.write(content, to: "tokens/\(name)")
        #expect(
            throws: StorageError.unknownFormat("\(name) is of format 2; this grantd knows format 1 alone")
        ) {
            try store().issue(grant, at: Self.now, lifetime: 3600)
        }
    }

    @Test(arguments: [0, 1, 7, 16, 17])
    func `a header of which a power cut left the beginning, or nothing, is written anew`(_ kept: Int) throws {
        let first = try store().issue(grant, at: Self.now, lifetime: 3600)
        let names = try [slotsName(), grantsName()]
        let whole = try names.map { try state.read("tokens/\($0)").prefix(64) }
        for name in names {
            let content = try state.read("tokens/\(name)")
            // From the version's last three bytes on, a whole header is zero anyway.
            let torn = content.prefix(min(kept, 16)) + [UInt8](repeating: 0, count: 64 - min(kept, 16))
            try state.write(torn + content.dropFirst(64), to: "tokens/\(name)")
        }
        #expect(
            try store().find(first, at: Self.now)?.grant == grant,
            "what is in the slots says itself whether it is whole"
        )
        let other = Grant(clientID: try #require(ClientID("other")), scope: .none)
        let second = try store().issue(other, at: Self.now, lifetime: 3600)
        #expect(try store().find(first, at: Self.now)?.grant == grant)
        #expect(try store().find(second, at: Self.now)?.grant == other)
        #expect(try names.map { try state.read("tokens/\($0)").prefix(64) } == whole)
    }

    @Test
    func `a token whose grant was lost can be revoked, by whoever has it, before the same grant stands there again`()
        throws
    {
        for isFileLost in [true, false] {
            let state = try TemporaryState()
            func store() throws -> FileTokenStore { FileTokenStore(in: try state.open(), durability: .process) }
            let token = try store().issue(grant, at: Self.now, lifetime: 3600)
            let name = try #require(try state.names(in: "tokens").first { $0.hasSuffix(".grants") })
            if isFileLost {
                try FileManager.default.removeItem(atPath: "\(state.path)/tokens/\(name)")
            } else {
                try state.write(state.read("tokens/\(name)").prefix(64), to: "tokens/\(name)")
            }
            let reader = try store()
            #expect(try reader.find(token, at: Self.now) == nil)
            #expect(try reader.revoke(token, issuedTo: grant.clientID, at: Self.now) == .ended)
            let second = try store().issue(grant, at: Self.now, lifetime: 3600)
            #expect(try store().find(token, at: Self.now) == nil)
            #expect(try reader.find(second, at: Self.now)?.grant == grant)
        }
    }

    @Test
    func `a token that is revoked when it has expired stays so where the clock is put back`() async throws {
        let token = try store().issue(grant, at: Self.now, lifetime: 60)
        #expect(try await !store().revoke(token, at: Self.now.adding(seconds: 60)))
        #expect(try store().find(token, at: Self.now) == nil)
    }
}
