import Foundation
import GrantCore
import Testing

@testable import FileStore

/// Windows' files that come, go and are replaced while processes use them.
extension FileTokenStoreTests {
    @Test
    func `a window whose files were taken away under running processes is made anew, and seen by all of them`()
        async throws
    {
        let (store, reader, revoker) = (try self.store(), try self.store(), try self.store())
        let old = try store.issue(grant, at: Self.now, lifetime: 3600)
        for process in [reader, revoker] { #expect(try process.find(old, at: Self.now) != nil) }
        for name in try state.names(in: "tokens") {
            try FileManager.default.removeItem(atPath: "\(state.path)/tokens/\(name)")
        }
        let tokens = try (0..<3).map { _ in try store.issue(grant, at: Self.now, lifetime: 3600) }
        #expect(try self.store().find(tokens[2], at: Self.now)?.grant == grant)
        #expect(try reader.find(tokens[2], at: Self.now)?.grant == grant)
        #expect(try await revoker.revoke(tokens[2], at: Self.now))
        #expect(try store.find(tokens[2], at: Self.now) == nil)
    }

    @Test(
        arguments: [".slots", ".grants"],
        ["unlink", "move", "replace"]
    )
    func `a file whose name was taken away, moved, or given to another is noticed a second later, by readers too`(
        _ kind: String,
        _ deed: String
    ) throws {
        let (issuer, reader) = (try store(), try store())
        let token = try issuer.issue(grant, at: Self.now, lifetime: 3600)
        #expect(try reader.find(token, at: Self.now) != nil)
        let path = "\(state.path)/tokens/\(try name(of: kind))"
        let header = try Data(contentsOf: URL(fileURLWithPath: path)).prefix(64)
        switch deed {
        case "unlink": try FileManager.default.removeItem(atPath: path)
        case "move": try FileManager.default.moveItem(atPath: path, toPath: path + ".away")
        default:
            try FileManager.default.removeItem(atPath: path)
            try header.write(to: URL(fileURLWithPath: path))
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
        }
        let later = Self.now.adding(seconds: 1)
        #expect(try reader.find(token, at: later) == nil)
        if kind == ".slots" {
            #expect(try store().revoke(token, issuedTo: grant.clientID, at: later) == .unsettled)
            let past = Self.now.adding(seconds: 3 * 3600)
            #expect(try store().revoke(token, issuedTo: grant.clientID, at: past) == .absent)
        }
        let next = try issuer.issue(grant, at: later, lifetime: 3600)
        for process in [issuer, reader, try store()] { #expect(try process.find(next, at: later)?.grant == grant) }
    }

    @Test
    func `windows that have passed are not held open, by a process that only looks up either`() throws {
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

    @Test
    func `statistics count each token once, by what became of it`() async throws {
        let store = try self.store()
        let tokens = try (0..<10).map { _ in try store.issue(grant, at: Self.now, lifetime: 3600) }
        for token in tokens.prefix(3) { _ = try await store.revoke(token, at: Self.now) }
        let window = try #require(try store.existingWindows().first)
        let live = try #require(try store.statistics(of: window, at: Self.now))
        #expect((live.live, live.revoked, live.expired, live.damaged) == (7, 3, 0, 0))
        #expect(live.bytes == 64 * 16, "the header, the ten, and five that were taken ahead")
        let later = try #require(try store.statistics(of: window, at: Self.now.adding(seconds: 3600)))
        #expect((later.live, later.revoked, later.expired) == (0, 0, 10))
    }

    @Test
    func `more windows are used than are kept open`() throws {
        let clocks = TestClocks(Self.now)
        let store = FileTokenStore(in: try state.open(clocks), durability: .process)
        let tokens = try (0..<200).map { _ in
            clocks.pass(seconds: 64)
            return try store.issue(grant, at: clocks.now, lifetime: 60)
        }
        let last = try #require(tokens.last)
        #expect(try store.find(last, at: clocks.now) != nil)
        #expect(try state.names(in: "tokens").count <= 8, "passed windows are gone")
    }
}
