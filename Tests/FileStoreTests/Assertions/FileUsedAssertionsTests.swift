import Foundation
import GrantCore
import Testing

@testable import FileStore

@Suite("Used assertions are kept until they end, whatever the clock does, and not much longer")
struct FileUsedAssertionsTests {
    private let state: TemporaryState
    private let clocks = TestClocks(Timestamp(seconds: 1_800_000_000))

    init() throws {
        state = try TemporaryState()
    }

    private func store(_ durability: Durability = .process) throws -> FileUsedAssertions {
        try FileUsedAssertions(in: state.open(clocks), durability: durability)
    }

    private func use(_ jti: String, for seconds: Int64, by store: FileUsedAssertions) throws -> Bool {
        try use(jti, until: clocks.now.adding(seconds: seconds), by: store)
    }

    private func use(_ jti: String, until end: Timestamp, by store: FileUsedAssertions) throws -> Bool {
        let name = AssertionName(client: try #require(ClientID("client")), jti: jti)
        return try store.use(name, until: end, at: clocks.now)
    }

    private var files: [String] {
        get throws { try state.names(in: "assertions").filter { $0.hasSuffix(".used") } }
    }

    @Test
    func `a name is the digest of the client, a NUL and the jti`() throws {
        let name = AssertionName(client: try #require(ClientID("s6BhdRkqt3")), jti: "jwt-1")
        let hexadecimal = name.digest.map { String(UInt16($0) | 0x100, radix: 16).dropFirst() }.joined()
        #expect(hexadecimal == "8d85ffe8071378a500a40d2f394be7105115f6d9b9eabb578d12d3d229cb706a")
    }

    @Test
    func `the files of what has ended go in passing, and are held open by no process`() throws {
        let (store, other) = (try store(), try store())
        for number in 0..<200 {
            #expect(try use("\(number)", for: 300, by: number.isMultiple(of: 2) ? store : other))
            #expect(try files.count <= 4)
            clocks.pass(seconds: 64)
        }
        let descriptors = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").compactMap {
            try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\($0)")
        }
        let open = descriptors.count { $0.hasPrefix("\(state.path)/assertions/") }
        #expect(open <= 2 * (1 + 1 + 3), "of each the directory, the lock and three windows")
    }

    @Test(arguments: [1, 60, 300, 511, 512, 513, 3700, 86_400, 31_536_000, Int64.max / 2_000_000])
    func `an assertion is refused until it ends, however long that is`(_ lifetime: Int64) throws {
        let end = clocks.now.adding(seconds: lifetime)
        #expect(try use("a", until: end, by: store()))
        for part in [Int64(0), 2, 4, 8] {
            clocks.set(Timestamp(microseconds: end.microseconds - max(1, lifetime * 1_000_000 / 8 * (8 - part) / 8)))
            #expect(try !use("a", until: end, by: store()))
            // Another window is opened, and what has passed goes.
            _ = try use("at \(part)", for: 300, by: store())
        }
    }

    @Test
    func `a clock that is set ahead and back lets none pass again, however long it was ahead`() throws {
        for (number, ahead) in ([10, 200, 290, 310, 2000] as [Int64]).enumerated() {
            let store = try store()
            // The clock is believed.
            for _ in 0..<10 {
                _ = try use("\(UUID())", for: 300, by: store)
                clocks.pass(seconds: 64)
            }
            let end = clocks.now.adding(seconds: 3700)
            #expect(try use("\(number)", until: end, by: store))
            clocks.set(clocks.now.adding(seconds: 86_400))
            var passed: Int64 = 0
            while passed < ahead {
                for process in [store, try self.store()] { _ = try use("\(UUID())", for: 300, by: process) }
                clocks.pass(seconds: 10)
                passed += 10
            }
            clocks.set(clocks.now.adding(seconds: -86_400))
            for process in [store, try self.store()] {
                let isFirst = try? use("\(number)", until: end, by: process)
                #expect(isFirst != true, "after \(ahead) s ahead")
                if ahead < 290 { #expect(isFirst == false, "nothing was taken away by then") }
            }
            clocks.pass(seconds: 86_400 * 2)
        }
    }

    @Test
    func `what may have been forgotten is refused by an error that says so`() throws {
        let store = try store()
        #expect(try use("a", for: 300, by: store))
        for _ in 0..<40 {
            clocks.pass(seconds: 64)
            _ = try use("\(UUID())", for: 300, by: store)
        }
        clocks.set(clocks.now.adding(seconds: -40 * 64))
        for process in [store, try self.store()] {
            #expect { try use("a", for: 300, by: process) } throws: { error in
                if case StorageError.unavailable(let text) = error { text.contains("set back") } else { false }
            }
        }
        // One that ends later than all that was taken away cannot have been forgotten.
        #expect(try use("b", for: 3700, by: store))
        #expect(try !use("b", for: 3700, by: self.store()))
    }

    @Test
    func `a power cut can only forget what was issued before the machine started, and in the mode disk nothing`() throws
    {
        clocks.pass(seconds: 500)
        #expect(try store(.disk).forgetsUntil == nil)
        let start = Timestamp(microseconds: clocks.now.microseconds - clocks.times.sinceBoot)
        #expect(try store().forgetsUntil == start)
        clocks.pass(seconds: 1000)
        #expect(try store().forgetsUntil == start)
        clocks.restart()
        #expect(try store().forgetsUntil == clocks.now)
    }

    @Test
    func `a state of an earlier version gets the directory at the next start, and can be looked at without`() throws {
        _ = try state.open()
        try FileManager.default.removeItem(atPath: "\(state.path)/assertions")
        #expect(throws: Never.self) { try StateDirectory(reading: state.path) }
        let looking = try StateDirectory(reading: state.path)
        #expect(throws: StateError.self) { try FileUsedAssertions(in: looking, durability: .process) }
        let key = try state.read("key")
        #expect(try use("a", for: 300, by: store()))
        #expect(try state.read("key") == key)
    }

    @Test
    func `files that are taken away by hand are made again, one for all processes`() throws {
        let (one, other) = (try store(), try store())
        #expect(try use("a", for: 300, by: one))
        #expect(try !use("a", for: 300, by: other))
        for name in try state.names(in: "assertions") {
            try FileManager.default.removeItem(atPath: "\(state.path)/assertions/\(name)")
        }
        #expect(try use("b", for: 300, by: one))
        #expect(try !use("b", for: 300, by: other))
        try FileManager.default.removeItem(atPath: "\(state.path)/assertions/\(try #require(try files.first))")
        #expect(try use("c", for: 300, by: other))
        #expect(try !use("c", for: 300, by: one))
        try FileManager.default.removeItem(atPath: "\(state.path)/assertions/windows")
        #expect(try use("d", for: 300, by: other))
        for process in [one, other, try store()] { #expect(try !use("d", for: 300, by: process)) }
    }

    @Test
    func `the directory is private, or is not opened, and one that was replaced ends the process`() throws {
        let store = try store()
        #expect(try use("a", for: 300, by: store))
        let path = "\(state.path)/assertions"
        try FileManager.default.setAttributes([.posixPermissions: 0o750], ofItemAtPath: path)
        #expect(throws: StateError.notPrivate(path: path, permissions: "0750")) { try self.store() }
        try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: path)
        try FileManager.default.moveItem(atPath: path, toPath: "\(path)-away")
        _ = try state.open()
        clocks.pass(seconds: 2)
        #expect { try use("b", for: 300, by: store) } throws: { ($0 as? StorageError)?.endsProcess == true }
    }
}
