/// What is wrong with a scope that a client asks for (RFC 6749 §3.3).
package enum ScopeFault: Error, Sendable, Equatable {
    /// A space stands at its start or end, or beside another one.
    case straySpace
    /// A word holds a character that no scope may hold.
    case forbiddenCharacter(word: String)
    /// The client does not have a word.
    case notAllowed(word: String)
    /// What would be granted is longer than a client's scope may be.
    case tooLong

    /// What to tell the client: the word at fault, cut to 100 characters.
    package var description: String {
        switch self {
        case .straySpace:
            "scope is malformed: its words are separated by one space each, with none before or after"
        case .forbiddenCharacter(let word):
            "scope is malformed: \(word.prefix(100)) holds a character that RFC 6749 does not allow"
        case .notAllowed(let word):
            "the client does not have the scope \(word.prefix(100))\(Self.hint(word))"
        case .tooLong:
            "the scope would be longer than \(Client.longestScope) bytes: ask for less"
        }
    }

    private static func hint(_ word: String) -> String {
        word.utf8.contains(UInt8(ascii: ","))
            ? "; words are separated by spaces, not by commas"
            : ": ask for less, or leave scope out"
    }
}
