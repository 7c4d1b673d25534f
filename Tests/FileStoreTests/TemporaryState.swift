import FileStore
import Foundation

/// A state directory of a test's own, gone with it.
final class TemporaryState: Sendable {
    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.appendingPathComponent("grantd-\(UUID())").path
        try FileManager.default.createDirectory(
            atPath: path,
            withIntermediateDirectories: false,
            attributes: [.posixPermissions: 0o700]
        )
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
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
