import Foundation
import GrantCore
import Testing

@testable import FileStore

@Suite("The state directory is private, or is not opened")
struct StateDirectoryTests {
    let state: TemporaryState

    init() throws {
        state = try TemporaryState()
    }

    private func setMode(_ mode: Int, _ name: String) throws {
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: "\(state.path)\(name)")
    }

    @Test
    func `what is missing in it is made, private`() throws {
        _ = try state.open()
        for (name, mode) in [("/clients", 0o700), ("/tokens", 0o700), ("/assertions", 0o700), ("/key", 0o600)] {
            let attributes = try FileManager.default.attributesOfItem(atPath: state.path + name)
            #expect(attributes[.posixPermissions] as? Int == mode)
        }
        #expect(try state.read("key").count == 32)
    }

    @Test
    func `it is made itself where its parent is there`() throws {
        _ = try StateDirectory(path: "\(state.path)/new")
        #expect(throws: StateError.self) { try StateDirectory(path: "\(state.path)/not/there") }
    }

    @Test
    func `the key stays what it is`() throws {
        _ = try state.open()
        let key = try state.read("key")
        _ = try state.open()
        #expect(try state.read("key") == key)
    }

    @Test
    func `many that start at once come by one key`() async throws {
        let grant = Grant(clientID: try #require(ClientID("a")), scope: .none)
        let now = Timestamp(seconds: 1_800_000_000)
        let path = state.path
        try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<16 {
                group.addTask {
                    let store = FileTokenStore(in: try StateDirectory(path: path), durability: .process)
                    return try store.issue(grant, at: now, lifetime: 60).exposedValue
                }
            }
            let store = FileTokenStore(in: try StateDirectory(path: path), durability: .process)
            for try await text in group { #expect(try store.find(try #require(AccessToken(text)), at: now) != nil) }
        }
    }

    @Test(
        arguments: ["", "/clients", "/tokens", "/key"],
        [0o007, 0o070, 0o004, 0o020]
    )
    func `others may not use any of it`(_ name: String, _ bits: Int) throws {
        _ = try state.open()
        try setMode(0o700 | bits, name)
        #expect(
            throws: StateError.notPrivate(path: state.path + name, permissions: "0" + String(0o700 | bits, radix: 8))
        ) {
            try state.open()
        }
    }

    @Test(arguments: ["clients", "tokens", "key"])
    func `a link in it is not followed`(_ name: String) throws {
        _ = try state.open()
        try FileManager.default.moveItem(atPath: "\(state.path)/\(name)", toPath: "\(state.path)/elsewhere")
        try FileManager.default.createSymbolicLink(
            atPath: "\(state.path)/\(name)",
            withDestinationPath: "\(state.path)/elsewhere"
        )
        #expect(throws: StateError.self) { try state.open() }
    }

    @Test(arguments: [0, 31, 33])
    func `a key of another length is damage, not a key`(_ count: Int) throws {
        try state.write([UInt8](repeating: 1, count: count), to: "key")
        #expect(throws: StateError.damagedKey(path: "\(state.path)/key")) { try state.open() }
    }

    @Test(arguments: ["clients", "tokens"])
    func `a file in the place of a directory is refused`(_ name: String) throws {
        try state.write([], to: name)
        #expect(throws: StateError.self) { try state.open() }
    }

    @Test(arguments: ["", "/clients", "/tokens", "/key"])
    func `what was replaced while it is in use is noticed a second later`(_ name: String) throws {
        let open = try state.open()
        let now = KernelFileSystem().now
        try FileManager.default.moveItem(atPath: state.path + name, toPath: state.path + "-away")
        defer { try? FileManager.default.removeItem(atPath: state.path + "-away") }
        #expect(throws: Never.self) { try open.requireCurrent(name == "/clients" ? .clients : .tokens, at: now) }
        let later = now.adding(seconds: 2)
        #expect { try open.requireCurrent(name == "/clients" ? .clients : .tokens, at: later) } throws: { error in
            // A key that is gone is made anew by whoever opens the directory next.
            (error as? FileStoreError)?.storageError.endsProcess == (name == "/key")
        }
        _ = try state.open()
        for _ in 0..<2 {
            #expect { try open.requireCurrent(name == "/clients" ? .clients : .tokens, at: later) } throws: { error in
                (error as? FileStoreError)
                    == .replaced("\(state.path)\(name) was replaced while it was in use")
            }
        }
        #expect(throws: Never.self) {
            try state.open().requireCurrent(name == "/clients" ? .clients : .tokens, at: later)
        }
    }

    @Test
    func `a directory that is put back is used again`() throws {
        let later = KernelFileSystem().now.adding(seconds: 2)
        let open = try state.open()
        try FileManager.default.moveItem(atPath: state.path + "/tokens", toPath: state.path + "/away")
        #expect(throws: Never.self) { try open.requireCurrent(.clients, at: later) }
        #expect(throws: FileStoreError.missing("\(state.path)/tokens is missing")) {
            try open.requireCurrent(.tokens, at: later)
        }
        try FileManager.default.moveItem(atPath: state.path + "/away", toPath: state.path + "/tokens")
        #expect(throws: Never.self) { try open.requireCurrent(.tokens, at: later) }
    }
}
