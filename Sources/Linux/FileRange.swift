import CLinux
import Glibc

/// Locks on bytes of a file that belong to the open file and end with it, so that a killed process leaves none
/// (`fcntl(2)`, open file description locks).
package struct FileRange {
    private let start: off_t
    private let length: off_t

    /// These bytes; whether the file has them does not matter.
    package init(_ start: Int64, length: Int64) {
        self.start = off_t(start)
        self.length = off_t(length)
    }

    /// Takes the lock at once; false if another open file has it, or the call fails.
    package func lock(_ descriptor: Int32) -> Bool {
        linux_lock_bytes(descriptor, start, length) == 0
    }

    /// Gives the lock up.
    package func unlock(_ descriptor: Int32) {
        _ = linux_unlock_bytes(descriptor, start, length)
    }

    /// Whether another open file than this one has the lock on some of the bytes.
    package func isLockedByAnother(than descriptor: Int32) -> Bool {
        linux_are_bytes_locked(descriptor, start, length) != 0
    }
}
