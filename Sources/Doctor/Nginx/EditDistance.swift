/// How many letters two words differ in.
enum EditDistance {
    /// Whether at most `limit` letters must be inserted, deleted or replaced to turn one word into the other (Levenshtein).
    static func isAtMost(_ limit: Int, _ left: [UInt8], _ right: [UInt8]) -> Bool {
        guard abs(left.count - right.count) <= limit else { return false }
        var row = Array(0...right.count)
        for (index, byte) in left.enumerated() {
            var diagonal = row[0]
            row[0] = index + 1
            for (column, other) in right.enumerated() {
                let cost = byte == other ? diagonal : min(diagonal, row[column], row[column + 1]) + 1
                diagonal = row[column + 1]
                row[column + 1] = cost
            }
        }
        return (row.last ?? 0) <= limit
    }
}
