import CLinux
import Glibc

/// How a process ended.
package enum ProcessEnd: Equatable, CustomStringConvertible {
    /// By itself, with a status.
    case exit(Int32)
    /// By a signal.
    case signal(Int32)

    /// Reads what `waitpid(2)` says of a process that has ended.
    package init(waitStatus: Int32) {
        let signal = waitStatus & 0x7F
        self = signal == 0 ? .exit(waitStatus >> 8 & 0xFF) : .signal(signal)
    }

    /// Whether it was ended from outside, which says nothing of what it would have done: by force, or by a signal that a
    /// worker obeys.
    package var isFromOutside: Bool { self == .signal(SIGKILL) || self == .signal(SIGTERM) || self == .exit(0) }

    package var description: String {
        switch self {
        case .exit(let status): "exit status \(status)"
        case .signal(let number):
            // Sound: a constant text of the C library's, or nil for a number without a name.
            unsafe sigabbrev_np(number).map { unsafe "signal SIG\(String(cString: $0))" } ?? "signal \(number)"
        }
    }
}
