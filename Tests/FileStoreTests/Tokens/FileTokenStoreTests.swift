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

    private func store(_ report: @escaping (StoreReport) -> Void = { _ in }) throws -> FileTokenStore {
        FileTokenStore(in: try state.open(), durability: .process, report: report)
    }

    private func slotsName() throws -> String { try name(of: ".slots") }

    private func grantsName() throws -> String { try name(of: ".grants") }

    private func name(of kind: String) throws -> String {
        try #require(try state.names(in: "tokens").first { $0.hasSuffix(kind) })
    }

    @Test("a live token costs 64 bytes, and its grant one cell a window; each store takes at most 63 slots ahead")
    func size() throws {
        let store = try self.store()
        for _ in 0..<1000 { _ = try store.issue(grant, at: Self.now, lifetime: 3600) }
        let names = try state.names(in: "tokens")
        #expect(names.count == 2)
        let size = try state.read("tokens/\(slotsName())").count
        #expect((64 * 1001...64 * 1064).contains(size))
        let grants = try #require(names.first { $0.hasSuffix(".grants") })
        #expect(try state.read("tokens/\(grants)").count == 128)
    }

    @Test("a process that issues one token takes no slot ahead, and those of many processes lie side by side")
    func single() throws {
        for _ in 0..<20 { _ = try store().issue(grant, at: Self.now, lifetime: 3600) }
        #expect(try state.read("tokens/\(slotsName())").count == 64 * 21)
    }

    @Test("slots that were taken ahead are filled though another process takes some meanwhile")
    func takingTurns() throws {
        let stores = try [store(), store(), store()]
        let tokens = try (0..<300).map { turn in
            try stores[turn * turn % 3].issue(grant, at: Self.now, lifetime: 3600)
        }
        for token in tokens { #expect(try store().find(token, at: Self.now)?.grant == grant) }
        #expect(Set(tokens.map(\.exposedValue)).count == 300)
    }

    @Test("neither the token nor any part of it is in the files")
    func confidentiality() throws {
        let token = try store().issue(grant, at: Self.now, lifetime: 3600)
        let bytes = try #require(Base64.url.decode(token.exposedValue.utf8))
        for name in try state.names(in: "tokens") {
            let content = Data(try state.read("tokens/\(name)"))
            #expect(content.range(of: Data(bytes.prefix(8))) == nil)
            #expect(content.range(of: Data(token.exposedValue.utf8.prefix(8))) == nil)
        }
    }

    @Test("files are private to their owner")
    func modes() throws {
        _ = try store().issue(grant, at: Self.now, lifetime: 3600)
        for name in try state.names(in: "tokens").map({ "tokens/\($0)" }) + ["key"] {
            let mode = try FileManager.default.attributesOfItem(atPath: "\(state.path)/\(name)")[.posixPermissions]
            #expect(mode as? Int == 0o600)
        }
    }

    @Test("opening a new window unlinks those that have passed")
    func purgeInPassing() throws {
        var reports: [StoreReport] = []
        let store = try self.store { reports.append($0) }
        let old = try store.issue(grant, at: Self.now, lifetime: 60)
        _ = try store.issue(grant, at: Self.now.adding(seconds: 1), lifetime: 3600)
        #expect(try state.names(in: "tokens").count == 4, "neither has passed")
        _ = try store.issue(grant, at: Self.now.adding(seconds: 1000), lifetime: 60)
        #expect(try state.names(in: "tokens").count == 4, "one went, one came")
        #expect(reports == [.purged(windows: 1)])
        #expect(try store.find(old, at: Self.now.adding(seconds: 1000)) == nil)
    }

    @Test("a purge leaves live windows and files of other names alone")
    func purge() throws {
        let store = try self.store()
        let token = try store.issue(grant, at: Self.now, lifetime: 3600)
        try state.write("not ours".utf8, to: "tokens/README")
        #expect(try store.purge(at: Self.now.adding(seconds: 3599)) == 0)
        #expect(try store.find(token, at: Self.now.adding(seconds: 3599)) != nil)
        #expect(try store.purge(at: Self.now.adding(seconds: 5000)) == 1)
        #expect(try state.names(in: "tokens") == ["README"])
    }

    @Test("a tail of any length that is no whole slot is passed over", arguments: [1, 13, 63, 64, 65, 128])
    func tornTail(_ count: Int) throws {
        let first = try store().issue(grant, at: Self.now, lifetime: 3600)
        let name = try "tokens/\(slotsName())"
        try state.write(state.read(name) + [UInt8](repeating: 0, count: count), to: name)
        let second = try store().issue(grant, at: Self.now, lifetime: 3600)
        #expect(try store().find(first, at: Self.now) != nil)
        #expect(try store().find(second, at: Self.now) != nil)
    }

    @Test("a damaged slot is that one token's loss, and reported")
    func damagedSlot() throws {
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

    @Test("a slot whose grant was lost never comes to mean the grant that is written in its place")
    func lostGrant() throws {
        let token = try store().issue(grant, at: Self.now, lifetime: 3600)
        let grants = try grantsName()
        try state.write(state.read("tokens/\(grants)").prefix(64), to: "tokens/\(grants)")
        let other = Grant(clientID: try #require(ClientID("admin")), scope: try #require(Scope("everything")))
        let second = try store().issue(other, at: Self.now, lifetime: 3600)
        #expect(try store().find(token, at: Self.now) == nil)
        #expect(try store().find(second, at: Self.now)?.grant == other)
    }

    @Test("a torn grant record costs itself alone")
    func tornGrant() throws {
        _ = try store().issue(grant, at: Self.now, lifetime: 3600)
        let grants = try grantsName()
        try state.write(state.read("tokens/\(grants)") + [9, 0, 1, 2, 3], to: "tokens/\(grants)")
        let other = Grant(clientID: try #require(ClientID("other")), scope: .none)
        let tokens = try (0..<3).map { _ in try self.store().issue(other, at: Self.now, lifetime: 3600) }
        for token in tokens { #expect(try store().find(token, at: Self.now)?.grant == other) }
        #expect(try state.read("tokens/\(grants)").count == 64 * 4, "each new process finds it, none writes it again")
    }

    @Test("a file of an unknown format is refused in words, and not touched")
    func unknownFormat() throws {
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

    @Test("a file of grants of an unknown format is refused as well")
    func unknownGrantsFormat() throws {
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

    @Test(
        "a header of which a power cut left the beginning, or nothing, is written anew",
        arguments: [0, 1, 7, 16, 17]
    )
    func tornHeader(_ kept: Int) throws {
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

    @Test("a token whose grant was lost can be revoked, by whoever has it, before the same grant stands there again")
    func revokedWithoutGrant() throws {
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
            #expect(try reader.revoke(token, issuedTo: grant.clientID, at: Self.now))
            let second = try store().issue(grant, at: Self.now, lifetime: 3600)
            #expect(try store().find(token, at: Self.now) == nil)
            #expect(try reader.find(second, at: Self.now)?.grant == grant)
        }
    }

    @Test("a token that is revoked when it has expired stays so where the clock is put back")
    func revokedLate() throws {
        let token = try store().issue(grant, at: Self.now, lifetime: 60)
        #expect(try !store().revoke(token, at: Self.now.adding(seconds: 60)))
        #expect(try store().find(token, at: Self.now) == nil)
    }

    @Test("a window whose files were taken away under running processes is made anew, and seen by all of them")
    func unlinkedWindow() throws {
        let (store, reader, revoker) = (try self.store(), try self.store(), try self.store())
        let old = try store.issue(grant, at: Self.now, lifetime: 3600)
        for process in [reader, revoker] { #expect(try process.find(old, at: Self.now) != nil) }
        for name in try state.names(in: "tokens") {
            try FileManager.default.removeItem(atPath: "\(state.path)/tokens/\(name)")
        }
        let tokens = try (0..<3).map { _ in try store.issue(grant, at: Self.now, lifetime: 3600) }
        #expect(try self.store().find(tokens[2], at: Self.now)?.grant == grant)
        #expect(try reader.find(tokens[2], at: Self.now)?.grant == grant)
        #expect(try revoker.revoke(tokens[2], at: Self.now))
        #expect(try store.find(tokens[2], at: Self.now) == nil)
    }

    @Test("windows that have passed are not held open, by a process that only looks up either")
    func closedWindows() throws {
        let (store, reader) = (try self.store(), try self.store())
        for round: Int64 in 0..<20 {
            let now = Self.now.adding(seconds: round * 128)
            #expect(try reader.find(try store.issue(grant, at: now, lifetime: 60), at: now) != nil)
        }
        let descriptors = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").compactMap {
            try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\($0)")
        }
        #expect(descriptors.count { $0.hasPrefix("\(state.path)/tokens/") } <= 8, "two files of two windows each")
    }

    @Test("statistics count each token once, by what became of it")
    func statistics() throws {
        let store = try self.store()
        let tokens = try (0..<10).map { _ in try store.issue(grant, at: Self.now, lifetime: 3600) }
        for token in tokens.prefix(3) { _ = try store.revoke(token, at: Self.now) }
        let window = try #require(try store.existingWindows().first)
        let live = try #require(try store.statistics(of: window, at: Self.now))
        #expect((live.live, live.revoked, live.expired, live.damaged) == (7, 3, 0, 0))
        #expect(live.bytes == 64 * 16, "the header, the ten, and five that were taken ahead")
        let later = try #require(try store.statistics(of: window, at: Self.now.adding(seconds: 3600)))
        #expect((later.live, later.revoked, later.expired) == (0, 0, 10))
    }

    @Test("more windows are used than are kept open")
    func manyWindows() throws {
        let store = try self.store()
        let tokens = try (0..<200).map { try store.issue(grant, at: Self.now.adding(seconds: $0 * 64), lifetime: 60) }
        let last = try #require(tokens.last)
        #expect(try store.find(last, at: Self.now.adding(seconds: 199 * 64)) != nil)
        #expect(try state.names(in: "tokens").count <= 6, "passed windows are gone")
    }
}
