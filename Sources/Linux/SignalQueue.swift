import CLinux
import Glibc

/// The signals that a supervisor acts on, as a descriptor that is readable while some wait (`signalfd(2)`).
package struct SignalQueue: ~Copyable {
    private static let awaited = [SIGTERM, SIGINT, SIGHUP, SIGCHLD]
    /// Which a supervisor has no use for, and which must not end it.
    private static let ignored = [SIGUSR1, SIGUSR2, SIGPIPE]

    private let descriptor: Descriptor

    /// Blocks these signals for the calling thread; make it before any other starts.
    package init() throws(SystemCallFailure) {
        var signals = sigset_t()
        // Sound: these calls and signalfd fill or read one local set.
        unsafe sigemptyset(&signals)
        for number in Self.awaited {
            unsafe sigaddset(&signals, number)
            // Where the one who started us ignored SIGCHLD, the kernel would tell nothing of how workers ended.
            signal(number, SIG_DFL)
        }
        for number in Self.ignored { signal(number, SIG_IGN) }
        unsafe sigprocmask(SIG_SETMASK, &signals, nil)
        let number = unsafe signalfd(-1, &signals, Int32(SFD_CLOEXEC) | Int32(SFD_NONBLOCK))
        guard number >= 0 else { throw .last("signalfd") }
        descriptor = Descriptor(owning: number)
    }

    /// The descriptor to wait for.
    package var number: Int32 { descriptor.number }

    /// Takes all signals that wait.
    package func take() -> Set<Int32> {
        var taken: Set<Int32> = []
        var information = signalfd_siginfo()
        let size = MemoryLayout<signalfd_siginfo>.size
        // Sound: read fills one local value, whose size it is given.
        while unsafe read(number, &information, size) == size { taken.insert(Int32(information.ssi_signo)) }
        return taken
    }
}
