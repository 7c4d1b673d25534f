import Glibc

/// The terminal on standard input, with its echo off until it is restored.
///
/// An interrupt ends the reading, not the process, so that the echo comes back first.
struct SilentTerminal {
    private let saved: termios
    /// What an interrupt did before.
    private let formerAction: sigaction

    /// Whether standard input is a terminal.
    static var isThere: Bool { Terminal.isThere(on: STDIN_FILENO) }

    /// Switches the echo off (`tcsetattr(3)`); nil if standard input is not a terminal.
    init?() {
        var settings = termios()
        // The structures are values of this frame, and so they are below.
        guard unsafe tcgetattr(STDIN_FILENO, &settings) == 0 else { return nil }
        saved = settings
        settings.c_lflag &= ~tcflag_t(ECHO)
        unsafe tcsetattr(STDIN_FILENO, TCSAFLUSH, &settings)
        // Without SA_RESTART, read(2) returns EINTR (sigaction(2)).
        var action = sigaction()
        unsafe action.__sigaction_handler.sa_handler = { _ in }
        var former = sigaction()
        unsafe sigaction(SIGINT, &action, &former)
        formerAction = former
    }

    /// Puts the terminal back as it was, and what an interrupt does.
    func restore() {
        var former = formerAction
        unsafe sigaction(SIGINT, &former, nil)
        var settings = saved
        unsafe tcsetattr(STDIN_FILENO, TCSAFLUSH, &settings)
    }
}
