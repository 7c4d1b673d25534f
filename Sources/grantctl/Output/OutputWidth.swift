import Glibc

/// How wide what is printed to standard output may be.
enum OutputWidth {
    /// The terminal's width in columns; nil if standard output is not a terminal, and takes everything as it is.
    static var current: Int? { Terminal.isThere(on: STDOUT_FILENO) ? TerminalSize.current.columns : nil }
}
