import Glibc

/// A key that means something.
enum Key {
    case quit, pause, suspend, redraw
}

/// The terminal on standard input, read key by key and without an echo until it is restored.
struct KeyTerminal {
    private let saved: termios

    /// Remembers how the terminal is (`tcgetattr(3)`); nil if standard input is not one.
    init?() {
        var settings = termios()
        // The structures are values of this frame, and so they are below.
        guard unsafe tcgetattr(STDIN_FILENO, &settings) == 0 else { return nil }
        saved = settings
    }

    /// Switches echo and lines off. Ctrl-C still raises a signal; Ctrl-Z is a key, and Ctrl-\ nothing.
    func take() {
        var settings = saved
        settings.c_lflag &= ~tcflag_t(ECHO | ICANON)
        // By their places in termios(3): VQUIT and VSUSP are off (_POSIX_VDISABLE), and a read needs one byte (VMIN).
        (settings.c_cc.1, settings.c_cc.10) = (0, 0)
        (settings.c_cc.5, settings.c_cc.6) = (0, 1)
        unsafe tcsetattr(STDIN_FILENO, TCSADRAIN, &settings)
    }

    /// Puts the terminal back as it was.
    func restore() {
        var settings = saved
        unsafe tcsetattr(STDIN_FILENO, TCSAFLUSH, &settings)
    }

    /// Reads the pressed keys without waiting. End of input counts as q.
    static func read() -> [Key] {
        var input = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
        // Sound: poll fills a local value.
        guard unsafe poll(&input, 1, 0) > 0 else { return [] }
        var bytes = [UInt8](repeating: 0, count: 64)
        // Sound: read fills the array up to its own count.
        let count = unsafe Glibc.read(STDIN_FILENO, &bytes, bytes.count)
        guard count > 0 else { return count < 0 && errno == EINTR ? [] : [.quit] }
        return keys(in: bytes[..<count])
    }

    /// The keys that bytes stand for. Those with an escape are of arrows and the like.
    static func keys(in bytes: ArraySlice<UInt8>) -> [Key] {
        guard !bytes.contains(0x1B) else { return [] }
        return bytes.compactMap { byte in
            switch byte {
            case UInt8(ascii: "q"), UInt8(ascii: "Q"), 0x04: .quit
            case UInt8(ascii: "p"), UInt8(ascii: "P"), UInt8(ascii: " "): .pause
            case 0x1A: .suspend
            case 0x0C: .redraw
            default: nil
            }
        }
    }
}
