import CLinux
import Glibc

/// Keeps what is in this process's memory, what requests bring among it, out of files and of others' sight.
package enum ProcessProtection {
    /// No core dump (`prctl(2)`, `PR_SET_DUMPABLE`), no debugger of the same user, and no backtracer that would print registers and memory on a crash.
    package static func apply() {
        var none = rlimit(rlim_cur: 0, rlim_max: 0)
        _ = unsafe setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none)
        _ = linux_forbid_dumps()
        // Where SWIFT_BACKTRACE asks for it, Swift's runtime has put its backtracer behind these.
        for number in [SIGQUIT, SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGSEGV, SIGTRAP] {
            _ = signal(number, SIG_DFL)
        }
    }
}
