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
    /// What took something gives nothing of it back, as in `(?>…)` and `a++`.
    case atomic(ExpressionNode)

    /// A short text that the part takes; looking ahead is not considered.
    var sample: [UInt8] {
        switch self {
        case .set(let set):
            let liked = Array("x1-_./".utf8) + Array(97...122) + Array(33...126)
            return [liked.first(where: set.contains) ?? 0]
        case .start, .end, .boundary, .ahead: return []
        case .sequence(let parts): return parts.flatMap(\.sample)
        case .choice(let parts): return parts.first?.sample ?? []
        case .atomic(let part): return part.sample
        case .repeated(let part, let least, _, _):
            let once = least == 0 ? [] : part.sample
            return (0..<min(least, 64)).flatMap { _ in once }
        }
    }
}
