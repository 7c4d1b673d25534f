import CLinux
import Glibc

/// How many characters a terminal shows.
struct TerminalSize: Equatable {
    var columns: Int
    var rows: Int

    /// The size of the terminal on standard output now (`ioctl_tty(2)`, `TIOCGWINSZ`); 80 by 24 if it does not say.
    static var current: TerminalSize { of(STDOUT_FILENO) }

    /// The size of a terminal now; 80 by 24 if it does not say.
    static func of(_ descriptor: Int32) -> TerminalSize {
        var size = winsize()
        // Sound: the call fills a local value.
        let isKnown = unsafe ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0 && size.ws_row > 0
        return isKnown
            ? TerminalSize(columns: Int(size.ws_col), rows: Int(size.ws_row)) : TerminalSize(columns: 80, rows: 24)
    }
}
