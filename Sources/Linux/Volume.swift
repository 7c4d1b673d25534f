import CLinux
import SystemPackage

/// The file system that a path is on (`statfs(2)`).
package struct Volume: Sendable, Equatable {
    /// What kind it is, by the numbers of `linux/magic.h`.
    package var type: UInt32
    /// Bytes.
    package var size: UInt64
    /// Bytes that a user other than root may still use.
    package var available: UInt64
    /// How many files it has room for; 0 if that is not limited.
    package var files: UInt64
    /// How many more files it has room for.
    package var freeFiles: UInt64
    /// Whether it is mounted read-only.
    package var isReadOnly: Bool

    /// Describes a file system.
    package init(
        type: UInt32,
        size: UInt64,
        available: UInt64,
        files: UInt64,
        freeFiles: UInt64,
        isReadOnly: Bool
    ) {
        self.type = type
        self.size = size
        self.available = available
        self.files = files
        self.freeFiles = freeFiles
        self.isReadOnly = isReadOnly
    }

    /// Asks the kernel.
    package init(at path: String) throws(SystemCallFailure) {
        var volume = linux_volume()
        // Sound: the call fills a local value, and the path lives through it.
        guard unsafe linux_volume_of(path, &volume) == 0 else { throw .last("statfs") }
        self.init(
            type: UInt32(truncatingIfNeeded: volume.type),
            size: volume.size,
            available: volume.available,
            files: volume.files,
            freeFiles: volume.free_files,
            isReadOnly: volume.is_read_only != 0
        )
    }
}
