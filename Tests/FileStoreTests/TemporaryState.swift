import FileStore
import Foundation
import GrantCore
import StoreConformance
import Synchronization

/// A state directory of a test's own, gone with it.
final class TemporaryState: Sendable {
    private let directory: TemporaryDirectory
    var path: String { directory.path }

    init() throws {
        directory = try TemporaryDirectory()
    }

    /// Opens it as one more process would, under clocks of the test's own.
    func open(_ clocks: TestClocks) throws -> StateDirectory {
        try StateDirectory(path: path, fileSystem: KernelFileSystem(clocks: { clocks.times }))
    }

    /// Opens it as one more process would.
    func open() throws -> StateDirectory {
        try StateDirectory(path: path)
    }

    /// The names in one of its directories.
    func names(in directory: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: "\(path)/\(directory)").sorted()
    }

    /// A file's content.
    func read(_ name: String) throws -> [UInt8] {
        try [UInt8](Data(contentsOf: URL(fileURLWithPath: "\(path)/\(name)")))
    }

    /// Replaces a file's content in place, with a mode of its own.
    func write(_ content: some Sequence<UInt8>, to name: String, mode: Int = 0o600) throws {
        try Data(content).write(to: URL(fileURLWithPath: "\(path)/\(name)"))
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: "\(path)/\(name)")
    }
}

/// A wall clock and a boot clock.
final class TestClocks: Sendable {
    private let content: Mutex<(now: Timestamp, sinceBoot: Int64)>

    init(_ now: Timestamp, uptime: Int64 = 1000) {
        content = Mutex((now, uptime * 1_000_000))
    }

    var times: (now: Timestamp, sinceBoot: Int64) { content.withLock { $0 } }
    var now: Timestamp { times.now }

    /// Lets time pass.
    func pass(seconds: Int64) {
        content.withLock { $0 = ($0.now.adding(seconds: seconds), $0.sinceBoot + seconds * 1_000_000) }
    }

    /// Sets the wall clock.
    func set(_ now: Timestamp) {
        content.withLock { $0.now = now }
    }

    /// Starts the machine anew, at no time at all.
    func restart() {
        content.withLock { $0.sinceBoot = 0 }
    }
}
