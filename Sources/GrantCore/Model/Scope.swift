/// A set of scope words in a fixed order (RFC 6749 §3.3): `%x21 / %x23-5B / %x5D-7E` each, case-sensitive.
package struct Scope: Sendable, Hashable, CustomStringConvertible {
    /// The words, each once, in the order in which they were first named.
    package let words: [String]

    /// No scope at all.
    package static let none = Scope(words: [])

    /// Up to this number of words, looking at each is faster than a set.
    private static let fewWords = 8

    private init(words: [String]) {
        self.words = words
    }

    /// Parses words split by single spaces; nil if it is malformed. The empty string means no scope.
    package init?(_ text: String) {
        guard let scope = try? Scope(parsing: text) else { return nil }
        self = scope
    }

    /// Parses words split by single spaces, in time that grows with the text alone. The empty string means no scope.
    ///
    /// - Throws: what is malformed.
    package init(parsing text: String) throws(ScopeFault) {
        guard !text.isEmpty else {
            self = .none
            return
        }
        var words: [String] = []
        var known: Set<String> = []
        for word in text.utf8.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false) {
            guard !word.isEmpty else { throw .straySpace }
            let name = String(Substring(word))
            guard word.allSatisfy(Self.allows) else { throw .forbiddenCharacter(word: name) }
            if words.count < Self.fewWords ? !words.contains(name) : known.insert(name).inserted { words.append(name) }
            if words.count == Self.fewWords, known.isEmpty { known = Set(words) }
        }
        self.words = words
    }

    /// Whether it has no words.
    package var isEmpty: Bool { words.isEmpty }

    /// Whether every word of the other is in this one.
    package func contains(_ other: Scope) -> Bool {
        firstWord(lackingFrom: other) == nil
    }

    /// The first word of the other that is not in this one; nil if there is none.
    package func firstWord(lackingFrom other: Scope) -> String? {
        if words.count <= Self.fewWords || other.words.count <= 1 { return other.words.first { !words.contains($0) } }
        let known = Set(words)
        return other.words.first { !known.contains($0) }
    }

    /// The words that the other has as well, in this one's order.
    package func intersection(_ other: Scope) -> Scope {
        if other.words.count <= Self.fewWords { return Scope(words: words.filter(other.words.contains)) }
        let known = Set(other.words)
        return Scope(words: words.filter(known.contains))
    }

    /// Its words, and after them the other's that are not among them.
    package func union(_ other: Scope) -> Scope {
        let known = Set(words)
        return Scope(words: words + other.words.filter { !known.contains($0) })
    }

    /// Its words that the other does not have.
    package func subtracting(_ other: Scope) -> Scope {
        let known = Set(other.words)
        return Scope(words: words.filter { !known.contains($0) })
    }

    /// The words, split by single spaces.
    package var description: String { words.joined(separator: " ") }

    private static func allows(_ byte: UInt8) -> Bool {
        (0x21...0x7E).contains(byte) && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
    }
}
