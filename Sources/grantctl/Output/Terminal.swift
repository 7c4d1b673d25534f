import Glibc

/// What is at the other end of a standard descriptor.
enum Terminal {
    /// Whether it is a terminal (`isatty(3)`).
    static func isThere(on descriptor: Int32) -> Bool { isatty(descriptor) == 1 }

    /// Whether it is a terminal on which a line can be drawn again and colours are shown.
    static func takesControls(on descriptor: Int32, _ environment: [String: String]) -> Bool {
        isThere(on: descriptor) && !["", "dumb"].contains(environment["TERM"] ?? "")
    }
}
