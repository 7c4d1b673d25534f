/// Looks for a match by trying, within bounds on steps and depth.
struct ExpressionSearch {
    private let bytes: [UInt8]
    private static let mostSteps = 50_000
    private var steps = mostSteps
    private var depth = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// The steps that were taken.
    var taken: Int { Self.mostSteps - steps }

    /// Whether the search was given up.
    private(set) var isExhausted = false

    /// Whether a part matches at a place, and what follows it matches behind it.
    mutating func matches(
        _ node: ExpressionNode,
        at place: Int,
        then rest: (inout ExpressionSearch, Int) -> Bool
    ) -> Bool {
        steps -= 1
        depth += 1
        defer { depth -= 1 }
        guard steps > 0, depth < 2000, !isExhausted else {
            isExhausted = true
            return false
        }
        switch node {
        case .set(let set): return place < bytes.count && set.contains(bytes[place]) && rest(&self, place + 1)
        case .start: return place == 0 && rest(&self, place)
        case .end(let isAbsolute): return isEnd(place, isAbsolute) && rest(&self, place)
        case .boundary(let isNegated): return isBoundary(place) != isNegated && rest(&self, place)
        case .sequence(let parts): return matches(parts[...], at: place, then: rest)
        case .choice(let parts):
            for part in parts where matches(part, at: place, then: rest) { return true }
            return false
        case .ahead(let part, let isNegated):
            return matches(part, at: place, then: { _, _ in true }) != isNegated && !isExhausted && rest(&self, place)
        case .atomic(let part):
            var end = place
            let found = matches(part, at: place) { _, next in
                end = next
                return true
            }
            return found && rest(&self, end)
        case .repeated(let part, let least, let most, let isLazy):
            return repeats(part, least, most, isLazy, at: place, then: rest)
        }
    }

    private mutating func matches(
        _ parts: ArraySlice<ExpressionNode>,
        at place: Int,
        then rest: (inout ExpressionSearch, Int) -> Bool
    ) -> Bool {
        guard let first = parts.first else { return rest(&self, place) }
        return matches(first, at: place) { search, next in
            search.matches(parts.dropFirst(), at: next, then: rest)
        }
    }

    private mutating func repeats(
        _ part: ExpressionNode,
        _ least: Int,
        _ most: Int?,
        _ isLazy: Bool,
        at place: Int,
        then rest: (inout ExpressionSearch, Int) -> Bool
    ) -> Bool {
        if least == 0, isLazy, rest(&self, place) { return true }
        if most != 0 {
            let found = matches(part, at: place) { search, next in
                // A repetition of an empty match would never end.
                guard next > place || least > 0 else { return false }
                return search.repeats(part, max(least - 1, 0), most.map { $0 - 1 }, isLazy, at: next, then: rest)
            }
            if found { return true }
        }
        return least == 0 && !isLazy && !isExhausted && rest(&self, place)
    }

    private func isEnd(_ place: Int, _ isAbsolute: Bool) -> Bool {
        place == bytes.count || !isAbsolute && place == bytes.count - 1 && bytes[place] == 10
    }

    private func isBoundary(_ place: Int) -> Bool {
        let before = place > 0 && ByteSet.letters.contains(bytes[place - 1])
        let after = place < bytes.count && ByteSet.letters.contains(bytes[place])
        return before != after
    }
}
