import Glibc
import SystemPackage

/// The whole terminal on standard output, drawn again and again, until it is given back.
///
/// It takes the alternate screen (xterm's control sequences, `console_codes(4)`), so that what was there before comes back.
struct Screen: ~Copyable {
    private static let enter = "\u{1B}[?1049h\u{1B}[?25l\u{1B}[?7l"
    private static let leave = "\u{1B}[?7h\u{1B}[?25h\u{1B}[?1049l"

    private let keys: KeyTerminal?
    private var isTaken = false

    /// Whether standard output is a terminal that can be drawn on.
    static func isThere(_ environment: [String: String]) -> Bool {
        Terminal.takesControls(on: STDOUT_FILENO, environment)
    }

    /// Takes the terminal.
    init() throws(OutputError) {
        keys = KeyTerminal()
        try take()
    }

    /// The descriptor to wait for until a key is pressed; nil if standard input is not a terminal.
    var keyDescriptor: Int32? { keys == nil ? nil : STDIN_FILENO }

    /// The keys that were pressed since the last call.
    func readKeys() -> [Key] { keys == nil ? [] : KeyTerminal.read() }

    /// Draws lines in the place of what is there, the first in bold.
    func draw(_ lines: [String], in size: TerminalSize) throws(OutputError) {
        var text = "\u{1B}[H"
        for (row, line) in lines.prefix(size.rows).enumerated() {
            if row > 0 { text += "\r\n" }
            text += row == 0 ? "\u{1B}[1m\(line)\u{1B}[0m" : line
            // After the last column the cursor is still on it, so nothing may be erased there.
            if line.displayWidth < size.columns { text += "\u{1B}[K" }
        }
        if lines.count < size.rows { text += "\u{1B}[J" }
        try Self.write(text)
    }

    /// Gives the terminal back, lets the shell stop this process, and takes the terminal again when it goes on.
    mutating func suspend() throws(OutputError) {
        giveBack()
        kill(0, SIGTSTP)
        try take()
    }

    private mutating func take() throws(OutputError) {
        isTaken = true
        keys?.take()
        try Self.write(Self.enter)
    }

    private mutating func giveBack() {
        guard isTaken else { return }
        isTaken = false
        try? Self.write(Self.leave)
        keys?.restore()
    }

    deinit {
        guard isTaken else { return }
        try? Self.write(Self.leave)
        keys?.restore()
    }

    private static func write(_ text: String) throws(OutputError) {
        do {
            try FileDescriptor.standardOutput.writeAll(text.utf8)
        } catch {
            throw OutputError(reason: "\(error)")
        }
    }
}
