import CLinux
import Glibc

/// What tells a worker to stop: a descriptor that becomes readable then, and stays so.
package struct StopSource: ~Copyable {
    package let descriptor: Descriptor

    /// Takes over a descriptor, such as the reading end of a pipe whose other end is closed for a stop.
    package init(owning descriptor: Int32) {
        self.descriptor = Descriptor(owning: descriptor)
    }

    /// Stops at TERM, INT, HUP or USR1, which nothing else in the process sees any more (`signalfd(2)`).
    ///
    /// Make it before any other thread starts: the signals are blocked for the calling thread and those it starts.
    /// Blocked, they never interrupt a call in mid-request, which libfcgi takes for the end of the request.
    package static func signals() throws(SystemCallFailure) -> StopSource {
        var signals = sigset_t()
        // Sound: these calls and signalfd fill or read one local set.
        unsafe sigemptyset(&signals)
        for signal in [SIGTERM, SIGINT, SIGHUP, SIGUSR1] { unsafe sigaddset(&signals, signal) }
        unsafe pthread_sigmask(SIG_BLOCK, &signals, nil)
        let descriptor = unsafe signalfd(-1, &signals, Int32(SFD_CLOEXEC) | Int32(SFD_NONBLOCK))
        guard descriptor >= 0 else { throw .last("signalfd") }
        return StopSource(owning: descriptor)
    }
}
