import Foundation

/// A directory of a test's own, of mode 0700, that is removed with this object.
package final class TemporaryDirectory: Sendable {
    /// Its path.
    package let path: String

    /// Makes it.
    package init() throws {
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
}
