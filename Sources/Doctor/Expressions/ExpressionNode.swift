/// A part of a regular expression.
indirect enum ExpressionNode: Sendable {
    case set(ByteSet)
    case start
    case end(isAbsolute: Bool)
    case boundary(isNegated: Bool)
    case sequence([ExpressionNode])
    case choice([ExpressionNode])
    case repeated(ExpressionNode, least: Int, most: Int?, isLazy: Bool)
    case ahead(ExpressionNode, isNegated: Bool)
    /// Matches without backtracking, as `(?>…)` and `a++`.
    case atomic(ExpressionNode)

    /// A short text that the part takes, at most 1000 bytes; lookaheads are ignored.
    var sample: [UInt8] {
        var text: [UInt8] = []
        var steps = 10_000
        write(to: &text, steps: &steps)
        return text
    }

    /// The bytes with which every match begins at the start of a path; nil if a match may begin elsewhere.
    var opening: [UInt8]? {
        guard case .sequence(let parts) = self, case .start? = parts.first else { return nil }
        var bytes: [UInt8] = []
        for part in parts.dropFirst() {
            guard case .set(let set) = part, let byte = set.only else { break }
            bytes.append(byte)
        }
        return bytes
    }

    /// The byte of a set that is written for it.
    static func byte(of set: ByteSet) -> UInt8 { liked.first(where: set.contains) ?? 0 }

    private static let liked = Array("x1-_./".utf8) + Array(97...122) + Array(33...126)

    /// Appends the sample, until the text is full or no step is left.
    private func write(to text: inout [UInt8], steps: inout Int) {
        steps -= 1
        guard steps > 0, text.count < 1000 else { return }
        switch self {
        case .set(let set): text.append(Self.byte(of: set))
        case .start, .end, .boundary, .ahead: return
        case .sequence(let parts):
            for part in parts { part.write(to: &text, steps: &steps) }
        case .choice(let parts): parts.first?.write(to: &text, steps: &steps)
        case .atomic(let part): part.write(to: &text, steps: &steps)
        case .repeated(let part, let least, _, _):
            for _ in 0..<min(least, 64) where text.count < 1000 && steps > 0 { part.write(to: &text, steps: &steps) }
        }
    }
}
