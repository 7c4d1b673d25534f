/// Words of a POSIX shell's command line.
package enum ShellWord {
    /// A word that a shell takes as this text: the text itself if it needs no quotes, in single quotes otherwise.
    package static func quoted(_ text: String) -> String {
        !text.isEmpty && text.utf8.allSatisfy(isPlain) ? text : inQuotes(text)
    }

    /// The text as one word, in single quotes.
    package static func inQuotes(_ text: String) -> String {
        "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
    }

    /// The word for an argument that stands by itself: one that begins with a hyphen follows `--`, so that it is not taken
    /// for an option.
    package static func argument(_ text: String) -> String {
        text.hasPrefix("-") ? "-- \(quoted(text))" : quoted(text)
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "-_./:=@%+,".utf8.contains(byte)
        }
    }
}
