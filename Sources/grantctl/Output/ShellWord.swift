import GrantCore

/// Texts as words of a POSIX shell's command line.
enum ShellWord {
    private static let plain = Base64.urlAlphabet.union("./:@%+,=".utf8)

    /// A word that a shell takes as this text: as it is if that needs no quotes, in single quotes otherwise.
    static func quoted(_ text: String) -> String {
        if !text.isEmpty, text.utf8.allSatisfy(plain.contains) { return text }
        return "'\(text.replacing("'", with: #"'\''"#))'"
    }

    /// The same for an argument that stands by itself: one that begins with a hyphen follows `--`, so that it is not taken
    /// for an option.
    static func argument(_ text: String) -> String {
        text.hasPrefix("-") ? "-- \(quoted(text))" : quoted(text)
    }
}
