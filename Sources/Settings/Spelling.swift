/// How alike words are.
package enum Spelling {
    /// How many letters have to be inserted, dropped, replaced or swapped with their neighbours to make one word of the other.
    package static func distance<Letter: Equatable>(
        _ first: some Sequence<Letter>,
        _ second: some Sequence<Letter>
    ) -> Int {
        let (first, second) = (Array(first), Array(second))
        var rows = [Array(0...second.count)]
        for i in first.indices {
            var row = [i + 1]
            for j in second.indices {
                var least = min(rows[i][j + 1], row[j]) + 1
                least = min(least, rows[i][j] + (first[i] == second[j] ? 0 : 1))
                if i > 0, j > 0, first[i] == second[j - 1], first[i - 1] == second[j] {
                    least = min(least, rows[i - 1][j - 1] + 1)
                }
                row.append(least)
            }
            rows.append(row)
        }
        return rows[first.count][second.count]
    }

    /// Whether a word may be a misspelling of another: one letter in three may be wrong, and at most `limit` letters.
    package static func isNear(_ word: String, _ meant: String, atMost limit: Int = .max) -> Bool {
        guard word.count <= 64, meant.count <= 256 else { return false }
        let allowed = min(limit, max(word.count, meant.count) / 3)
        return abs(word.count - meant.count) <= allowed && distance(word, meant) <= allowed
    }

    /// The word of several that is nearest to one, if any is near; the first one of several that are as near.
    package static func nearest(to word: String, in words: [String]) -> String? {
        words.filter { isNear(word, $0) }.min { distance(word, $0) < distance(word, $1) }
    }
}
