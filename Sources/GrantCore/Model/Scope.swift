/// A set of scope words in a fixed order (RFC 6749 §3.3): `%x21 / %x23-5B / %x5D-7E` each, case-sensitive.
package struct Scope: Sendable, Hashable, CustomStringConvertible {
    /// The words, each once, in the order in which they were first named.
    package let words: [String]

    /// No scope at all.
    package static let none = Scope(words: [])

    private init(words: [String]) {
        self.words = words
    }

    /// Parses words split by single spaces; nil where a word is empty or holds a character that is not allowed.
    ///
    /// The empty string is no scope.
    package init?(_ text: String) {
        guard !text.isEmpty else {
            self = .none
            return
        }
        var words: [String] = []
        for word in text.utf8.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false) {
            guard !word.isEmpty, word.allSatisfy(Self.allows), let word = String(word) else { return nil }
            if !words.contains(word) { words.append(word) }
        }
        self.words = words
    }

    /// Whether there is no word in it.
    package var isEmpty: Bool { words.isEmpty }

    /// Whether every word of the other is in this one.
    package func contains(_ other: Scope) -> Bool {
        other.words.allSatisfy(words.contains)
    }

    /// The words that the other has as well, in this one's order.
    package func intersection(_ other: Scope) -> Scope {
        Scope(words: words.filter(other.words.contains))
    }

    /// The words, split by single spaces.
    package var description: String { words.joined(separator: " ") }

    private static func allows(_ byte: UInt8) -> Bool {
        (0x21...0x7E).contains(byte) && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
    }
}
