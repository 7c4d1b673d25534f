import CLinux
import Glibc
import Linux
import SystemPackage

/// Switches off the echo of the terminal on standard input while a secret is typed.
///
/// An interrupt ends the reading, not the process, so that the echo comes back first.
struct SilentTerminal: ~Copyable {
    private let saved: termios
    /// The signals that were blocked before: an interrupt is one of them while this waits.
    private let formerMask: sigset_t
    /// Readable once an interrupt has come (`signalfd(2)`).
    private let interrupts: Descriptor

    /// Whether standard input is a terminal.
    static var isThere: Bool { Terminal.isThere(on: STDIN_FILENO) }

    /// Switches the echo off (`tcsetattr(3)`); nil if standard input is not a terminal.
    init?() {
        var settings = termios()
        // The structures are values of this frame, and so they are below.
        guard unsafe tcgetattr(STDIN_FILENO, &settings) == 0 else { return nil }
        var signals = sigset_t()
        unsafe sigemptyset(&signals)
        unsafe sigaddset(&signals, SIGINT)
        var mask = sigset_t()
        // One that comes before this waits for input is not lost: it is pending until then.
        unsafe sigprocmask(SIG_BLOCK, &signals, &mask)
        formerMask = mask
        interrupts = Descriptor(owning: unsafe signalfd(-1, &signals, Int32(SFD_CLOEXEC) | Int32(SFD_NONBLOCK)))
        saved = settings
        settings.c_lflag &= ~tcflag_t(ECHO)
        unsafe tcsetattr(STDIN_FILENO, TCSAFLUSH, &settings)
    }

    /// Waits until something was typed.
    ///
    /// - Throws: `interrupted`.
    borrowing func waitForInput() throws(InputError) {
        repeat {
            do throws(SystemCallFailure) {
                // It also returns when this process goes on after it was stopped.
                try waitToRead([STDIN_FILENO, interrupts.number], until: nil)
            } catch {
                throw .failed(error.errno)
            }
            var information = signalfd_siginfo()
            let size = MemoryLayout<signalfd_siginfo>.size
            // Sound: read fills one local value, whose size it is given. Taken, the signal is pending no longer.
            if unsafe Glibc.read(interrupts.number, &information, size) == size { throw .interrupted }
        } while !hasInput
    }

    private var hasInput: Bool {
        var input = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
        // Sound: poll fills a local value.
        return unsafe poll(&input, 1, 0) != 0
    }

    /// Puts the terminal back as it was, and then what an interrupt does.
    borrowing func restore() {
        var settings = saved
        unsafe tcsetattr(STDIN_FILENO, TCSAFLUSH, &settings)
        var mask = formerMask
        unsafe sigprocmask(SIG_SETMASK, &mask, nil)
    }
}
