/// Signs that a word processor or a web page puts in the place of those that a shell takes.
package enum TypographicSigns {
    /// What is wrong with a word of a command line, and how to type it; nil if it has no such signs.
    package static func hint(on word: String) -> String? {
        if let first = word.first, dashes.contains(first) {
            let name = word.drop { dashes.contains($0) || $0 == "-" }
            return "\(word.debugDescription) begins with a typographic dash: type --\(name)"
        }
        if word.hasPrefix("-"), let dash = word.dropFirst().first(where: dashes.contains) {
            return "\(word.debugDescription) has a typographic dash, \(dash): type it with hyphens."
        }
        if word.contains(where: quotes.contains) {
            return "\(word.debugDescription) has typographic quotation marks: type ' or \" instead."
        }
        return nil
    }

    /// Whether a word begins with a dash other than the keyboard's hyphen.
    package static func beginsWithDash(_ word: String) -> Bool { word.first.map(dashes.contains) ?? false }

    private static let dashes: Set<Character> = ["‐", "‑", "‒", "–", "—", "―", "−", "﹣", "－"]
    private static let quotes: Set<Character> = ["“", "”", "„", "‟", "‘", "’", "‚", "«", "»", "″"]
}
