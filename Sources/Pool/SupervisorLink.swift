import CLinux
import Glibc
package import Linux
import SystemPackage

/// A worker's tie to the supervisor that started it: ends with it, and tells it once how the start went.
package final class SupervisorLink {
    /// Where a supervisor puts the writing end of the pipe for a ``StartReport``.
    package static let descriptor: Int32 = 3

    private var isOpen = true

    /// Ties this process to its parent.
    ///
    /// - Parameter supervisor: the process id that the parent had when it started this process.
    /// - Throws: `noSuchProcess` if it has ended since, or never was this process's parent.
    package init(to supervisor: Int32) throws(SystemCallFailure) {
        // TERM, so that requests are still answered. It would not come any more from one that has ended before.
        guard linux_end_with_parent(SIGTERM) == 0 else { throw .last("prctl") }
        guard getppid() == supervisor else { throw SystemCallFailure("getppid", .noSuchProcess) }
        guard fcntl(Self.descriptor, F_SETFD, FD_CLOEXEC) == 0 else { throw .last("fcntl") }
    }

    /// Says that this worker serves.
    package func ready() {
        say([StartReport.readyByte])
    }

    /// Says why this worker cannot serve.
    ///
    /// - Returns: false if something has been said before.
    package func failed(_ text: String) -> Bool {
        guard isOpen else { return false }
        say(Array(text.utf8))
        return true
    }

    /// Where it cannot be said, the supervisor has gone, and this process goes with it.
    private func say(_ bytes: [UInt8]) {
        guard isOpen else { return }
        isOpen = false
        // Sound: within the array, which lives through the call. A pipe takes so much at once.
        _ = unsafe bytes.withUnsafeBytes { unsafe write(Self.descriptor, $0.baseAddress, min($0.count, 4096)) }
        close(Self.descriptor)
    }
}
