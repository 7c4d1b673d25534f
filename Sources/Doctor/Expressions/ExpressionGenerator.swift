/// Finds paths that start with a prefix and that an expression may match, within a bound on steps.
struct ExpressionGenerator {
    private let prefix: [UInt8]
    private let limit: Int
    private var output: [UInt8] = []
    private static let mostSteps = 5_000
    private var steps = mostSteps
    private var depth = 0
    private var found: [[UInt8]] = []

    private init(_ prefix: [UInt8], _ limit: Int) {
        self.prefix = prefix
        self.limit = limit
    }

    /// Generates up to `limit` paths that may match, and says how many steps that took. Lookaheads are ignored, so test each
    /// path against the expression.
    static func paths(
        of node: ExpressionNode,
        below prefix: String,
        limit: Int
    ) -> (paths: [String], steps: Int) {
        var generator = ExpressionGenerator(Array(prefix.utf8), limit)
        guard generator.prefix.count < 1000 else { return ([], 1) }
        let whole = generator.prefix + [UInt8(ascii: "x")]
        // The match may start anywhere within the prefix, right behind it, or after one more letter.
        for start in 0...whole.count {
            generator.output = Array(whole.prefix(start))
            if generator.follow(node, then: { $0.keep() }) { break }
        }
        return (generator.found.map { String(decoding: $0, as: UTF8.self) }, mostSteps - generator.steps)
    }

    /// Keeps what was made; true if there are enough.
    private mutating func keep() -> Bool {
        // What follows a match is free, so the prefix is completed behind one that ends within it.
        let whole = output.count < prefix.count ? prefix : output
        if !found.contains(whole) { found.append(whole) }
        return found.count >= limit
    }

    /// Follows a part from the end of the output on, and what comes behind it; true if the search is over.
    private mutating func follow(
        _ node: ExpressionNode,
        then rest: (inout ExpressionGenerator) -> Bool
    ) -> Bool {
        steps -= 1
        depth += 1
        defer { depth -= 1 }
        guard steps > 0, depth < 1000, output.count < 1000 else { return steps <= 0 }
        switch node {
        case .set(let set):
            guard let byte = byte(of: set) else { return false }
            output.append(byte)
            defer { output.removeLast() }
            return rest(&self)
        case .start: return output.isEmpty && rest(&self)
        case .end: return output.count >= prefix.count && rest(&self)
        case .boundary, .ahead: return rest(&self)
        case .atomic(let part): return follow(part, then: rest)
        case .sequence(let parts): return follow(parts[...], then: rest)
        case .choice(let parts):
            for part in parts where follow(part, then: rest) { return true }
            return false
        case .repeated(let part, let least, let most, _): return repeats(part, least, most, then: rest)
        }
    }

    private mutating func follow(
        _ parts: ArraySlice<ExpressionNode>,
        then rest: (inout ExpressionGenerator) -> Bool
    ) -> Bool {
        guard let first = parts.first else { return rest(&self) }
        return follow(first) { $0.follow(parts.dropFirst(), then: rest) }
    }

    /// The fewest times first; more only as long as they are within the prefix, and once behind it.
    private mutating func repeats(
        _ part: ExpressionNode,
        _ least: Int,
        _ most: Int?,
        then rest: (inout ExpressionGenerator) -> Bool
    ) -> Bool {
        if least == 0, rest(&self) { return true }
        guard most != 0, least > 0 || output.count <= prefix.count else { return false }
        let start = output.count
        return follow(part) { generator in
            guard generator.output.count > start || least > 0 else { return false }
            return generator.repeats(part, max(least - 1, 0), most.map { $0 - 1 }, then: rest)
        }
    }

    /// The next letter of the prefix if the set has it; behind the prefix any letter of the set.
    private func byte(of set: ByteSet) -> UInt8? {
        if output.count < prefix.count {
            let wanted = prefix[output.count]
            return set.contains(wanted) ? wanted : nil
        }
        let made = ExpressionNode.byte(of: set)
        return made == 0 ? nil : made
    }
}
