import GrantCore

/// Finds the id that a misspelt one was meant to be.
enum NearestID {
    /// The id that is most like another one; nil if none is close: up to two letters changed, added, lost or swapped, and no
    /// more than a third of them. Capitals do not count.
    static func of(_ id: ClientID, among known: [ClientID]) -> ClientID? {
        let wanted = letters(id)
        let limit = min(2, wanted.count / 3)
        var nearest: (id: ClientID, distance: Int)?
        for candidate in known {
            let candidateLetters = letters(candidate)
            guard abs(candidateLetters.count - wanted.count) <= limit else { continue }
            let distance = distance(wanted, candidateLetters)
            if distance <= min(limit, (nearest?.distance ?? .max) - 1) { nearest = (candidate, distance) }
        }
        return nearest?.id
    }

    /// Letters in lower case, without blanks around them.
    private static func letters(_ id: ClientID) -> [Unicode.Scalar] {
        let scalars = Array(id.value.lowercased().unicodeScalars)
        return Array(scalars.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }

    /// How many letters have to be changed, added, taken away or swapped with their neighbour (optimal string alignment).
    private static func distance(_ one: [Unicode.Scalar], _ other: [Unicode.Scalar]) -> Int {
        var before: [Int] = []
        var last = Array(0...other.count)
        for row in one.indices {
            var current = [row + 1]
            for column in other.indices {
                var least = min(
                    last[column] + (one[row] == other[column] ? 0 : 1),
                    last[column + 1] + 1,
                    current[column] + 1
                )
                if row > 0, column > 0, one[row] == other[column - 1], one[row - 1] == other[column] {
                    least = min(least, before[column - 1] + 1)
                }
                current.append(least)
            }
            (before, last) = (last, current)
        }
        return last[other.count]
    }
}
