import CLinux
import Glibc

/// A lock on bytes of a file that belongs to the open file and ends with it, so that a killed process leaves none
/// (`fcntl(2)`, open file description locks).
package struct ByteRangeLock {
    private let start: off_t
    private let length: off_t

    /// The lock on a range of bytes, which the file does not need to have.
    package init(_ start: Int64, length: Int64) {
        self.start = off_t(start)
        self.length = off_t(length)
    }

    /// Takes the lock without waiting.
    ///
    /// - Returns: false if another open file has it, or if the call fails.
    package func take(_ descriptor: Int32) -> Bool {
        linux_lock_bytes(descriptor, start, length) == 0
    }

    /// Releases the lock.
    package func release(_ descriptor: Int32) {
        _ = linux_unlock_bytes(descriptor, start, length)
    }

    /// Whether an open file other than this one has a lock in the range.
    package func isHeldByAnother(than descriptor: Int32) -> Bool {
        linux_are_bytes_locked(descriptor, start, length) != 0
    }
}
