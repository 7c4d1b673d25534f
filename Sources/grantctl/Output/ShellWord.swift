/// Words for a POSIX shell.
enum ShellWord {
    /// A text as one word: in single quotes unless it needs none.
    static func quoted(_ text: String) -> String {
        let isPlain = !text.isEmpty && text.utf8.allSatisfy { plain.contains($0) }
        return isPlain ? text : inQuotes(text)
    }

    /// A text as one word, in single quotes.
    static func inQuotes(_ text: String) -> String {
        "'\(text.replacing("'", with: "'\\''"))'"
    }

    private static let plain = Set(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_./:@%+,".utf8
    )
}
