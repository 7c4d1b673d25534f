/// What a location says about the paths that it answers.
struct LocationPattern: Sendable {
    /// How the text is compared with a path.
    enum Kind: Sendable {
        case exact, prefix, prefixWithoutExpressions, expression, expressionIgnoringCase, named
    }

    let kind: Kind
    /// The path, the expression, or the name with its `@`.
    let text: String
    /// The expression, read once; nil of other kinds, and if it uses what is not known.
    let expression: PathExpression?

    /// Reads a location's arguments, of which nginx takes the sign apart or together; nil if they are none of a location.
    init?(_ arguments: [String]) {
        switch arguments.count {
        case 1:
            let argument = arguments[0]
            let found = Self.signs.first { argument.hasPrefix($0.sign) }
            kind = found?.kind ?? (argument.hasPrefix("@") ? .named : .prefix)
            text = String(argument.dropFirst(found?.sign.count ?? 0))
        case 2:
            guard let found = Self.signs.first(where: { $0.sign == arguments[0] }) else { return nil }
            (kind, text) = (found.kind, arguments[1])
        default: return nil
        }
        let isExpression = kind == .expression || kind == .expressionIgnoringCase
        expression = isExpression ? PathExpression(text, ignoringCase: kind == .expressionIgnoringCase) : nil
    }

    private static let signs: [(sign: String, kind: Kind)] = [
        ("=", .exact), ("^~", .prefixWithoutExpressions), ("~*", .expressionIgnoringCase), ("~", .expression),
    ]

    var isPrefix: Bool { kind == .prefix || kind == .prefixWithoutExpressions }
    var isExpression: Bool { kind == .expression || kind == .expressionIgnoringCase }

    /// As it stands in a configuration, such as `location ^~ /orders/`.
    var description: String {
        let sign =
            switch kind {
            case .exact: "= "
            case .prefixWithoutExpressions: "^~ "
            case .expression: "~ "
            case .expressionIgnoringCase: "~* "
            case .prefix, .named: ""
            }
        return "location \(sign)\(text)"
    }
}
