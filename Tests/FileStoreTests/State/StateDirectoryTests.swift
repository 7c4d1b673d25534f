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

    @Test("what is missing in it is made, private")
    func making() throws {
        _ = try state.open()
        for (name, mode) in [("/clients", 0o700), ("/tokens", 0o700), ("/key", 0o600)] {
            let attributes = try FileManager.default.attributesOfItem(atPath: state.path + name)
            #expect(attributes[.posixPermissions] as? Int == mode)
        }
        #expect(try state.read("key").count == 32)
    }

    @Test("it is made itself where its parent is there")
    func makingItself() throws {
        _ = try StateDirectory(path: "\(state.path)/new")
        #expect(throws: StateError.self) { try StateDirectory(path: "\(state.path)/not/there") }
    }

    @Test("the key stays what it is")
    func key() throws {
        _ = try state.open()
        let key = try state.read("key")
        _ = try state.open()
        #expect(try state.read("key") == key)
    }

    @Test("many that start at once come by one key")
    func keyRace() async throws {
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
        "others may not use any of it",
        arguments: ["", "/clients", "/tokens", "/key"],
        [0o007, 0o070, 0o004, 0o020]
    )
    func privacy(_ name: String, _ bits: Int) throws {
        _ = try state.open()
        try setMode(0o700 | bits, name)
        #expect(
            throws: StateError.notPrivate(path: state.path + name, permissions: "0" + String(0o700 | bits, radix: 8))
        ) {
            try state.open()
        }
    }

    @Test("a link in it is not followed", arguments: ["clients", "tokens", "key"])
    func links(_ name: String) throws {
        _ = try state.open()
        try FileManager.default.moveItem(atPath: "\(state.path)/\(name)", toPath: "\(state.path)/elsewhere")
        try FileManager.default.createSymbolicLink(
            atPath: "\(state.path)/\(name)",
            withDestinationPath: "\(state.path)/elsewhere"
        )
        #expect(throws: StateError.self) { try state.open() }
    }

    @Test("a key of another length is damage, not a key", arguments: [0, 31, 33])
    func damagedKey(_ count: Int) throws {
        try state.write([UInt8](repeating: 1, count: count), to: "key")
        #expect(throws: StateError.damagedKey(path: "\(state.path)/key")) { try state.open() }
    }

    @Test("a file in the place of a directory is refused", arguments: ["clients", "tokens"])
    func file(_ name: String) throws {
        try state.write([], to: name)
        #expect(throws: StateError.self) { try state.open() }
    }
}
