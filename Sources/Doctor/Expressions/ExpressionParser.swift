/// Reads the part of PCRE's syntax that locations and rewrites use.
struct ExpressionParser {
    private let bytes: [UInt8]
    private var position = 0
    private var depth = 0
    private var ignoresCase: Bool
    private var dotTakesAll = false
    /// Whether a repetition has counts that are not followed.
    private var isTooMany = false
    private static let mostTimes = 1000

    /// The expression; nil if it uses what is not known here, such as a back reference, or is not an expression.
    static func parse(_ text: String, ignoringCase: Bool) -> ExpressionNode? {
        guard text.utf8.count <= 2000 else { return nil }
        var parser = ExpressionParser(text, ignoringCase)
        guard let node = parser.choice(), parser.position == parser.bytes.count, !parser.isTooMany else { return nil }
        return node
    }

    private init(_ text: String, _ ignoresCase: Bool) {
        bytes = Array(text.utf8)
        self.ignoresCase = ignoresCase
    }

    private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func take(_ text: String) -> Bool {
        guard bytes[position...].starts(with: text.utf8) else { return false }
        position += text.utf8.count
        return true
    }

    private mutating func choice() -> ExpressionNode? {
        depth += 1
        defer { depth -= 1 }
        guard depth < 30 else { return nil }
        // Options within a group end with it.
        let options = (ignoresCase, dotTakesAll)
        defer { (ignoresCase, dotTakesAll) = options }
        var branches: [ExpressionNode] = []
        repeat {
            guard let branch = sequence() else { return nil }
            branches.append(branch)
        } while take("|")
        return branches.count == 1 ? branches[0] : .choice(branches)
    }

    private mutating func sequence() -> ExpressionNode? {
        var parts: [ExpressionNode] = []
        while let byte = next, byte != UInt8(ascii: "|"), byte != UInt8(ascii: ")") {
            if take("\\Q") {
                while position < bytes.count, !take("\\E") {
                    parts.append(literal(bytes[position]))
                    position += 1
                }
                continue
            }
            if take("\\E") { continue }
            guard let part = part(), let repeated = repetition(of: part) else { return nil }
            parts.append(repeated)
        }
        return .sequence(parts)
    }

    private func literal(_ byte: UInt8) -> ExpressionNode {
        let set = ByteSet([byte])
        return .set(ignoresCase ? set.ignoringCase : set)
    }

    private mutating func part() -> ExpressionNode? {
        guard let byte = next else { return nil }
        position += 1
        switch byte {
        case UInt8(ascii: "^"): return .start
        case UInt8(ascii: "$"): return .end(isAbsolute: false)
        case UInt8(ascii: "."): return .set(dotTakesAll ? ByteSet().inverted : .dot)
        case UInt8(ascii: "["): return bracket()
        case UInt8(ascii: "("): return group()
        case UInt8(ascii: "\\"): return escape()
        case UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "?"): return nil
        default: return literal(byte)
        }
    }

    private mutating func group() -> ExpressionNode? {
        let outside = (ignoresCase, dotTakesAll)
        var ahead: Bool?
        var isAtomic = false
        if take("?") {
            if take("=") {
                ahead = false
            } else if take("!") {
                ahead = true
            } else if take(">") {
                isAtomic = true
            } else if take("<=") || take("<!") {
                return nil
            } else if take("P<") || take("<") || take("'") {
                guard skipName() else { return nil }
            } else if !take(":") {
                guard let isOver = options() else { return nil }
                if isOver { return .sequence([]) }
            }
        } else if next == UInt8(ascii: "*") {
            return nil
        }
        guard let inner = choice(), take(")") else { return nil }
        (ignoresCase, dotTakesAll) = outside
        if isAtomic { return .atomic(inner) }
        return ahead.map { .ahead(inner, isNegated: $0) } ?? inner
    }

    private mutating func skipName() -> Bool {
        while let byte = next, ByteSet.letters.contains(byte) { position += 1 }
        return take(">") || take("'")
    }

    /// Options such as `(?i)`; true if the parenthesis ends behind them, nil if one is unknown.
    private mutating func options() -> Bool? {
        var isOn = true
        while let byte = next {
            position += 1
            switch byte {
            case UInt8(ascii: "i"): ignoresCase = isOn
            case UInt8(ascii: "s"): dotTakesAll = isOn
            case UInt8(ascii: "-"): isOn = false
            case UInt8(ascii: ")"): return true
            case UInt8(ascii: ":"): return false
            default: return nil
            }
        }
        return nil
    }

    private mutating func escape() -> ExpressionNode? {
        guard let byte = next else { return nil }
        position += 1
        switch byte {
        case UInt8(ascii: "A"): return .start
        case UInt8(ascii: "z"): return .end(isAbsolute: true)
        case UInt8(ascii: "Z"): return .end(isAbsolute: false)
        case UInt8(ascii: "b"): return .boundary(isNegated: false)
        case UInt8(ascii: "B"): return .boundary(isNegated: true)
        default:
            if let set = Self.classes[byte] { return .set(set) }
            guard let meant = escaped(byte) else { return nil }
            return literal(meant)
        }
    }

    /// The byte that an escape stands for; nil if it stands for something else.
    private mutating func escaped(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "n"): return 10
        case UInt8(ascii: "r"): return 13
        case UInt8(ascii: "t"): return 9
        case UInt8(ascii: "x"):
            let digits = bytes[position...].prefix(2)
            guard digits.count == 2, digits.allSatisfy(Self.hexadecimal.contains),
                let value = UInt8(String(decoding: digits, as: UTF8.self), radix: 16)
            else { return nil }
            position += 2
            return value
        default: return ByteSet.letters.contains(byte) ? nil : byte
        }
    }

    private static let hexadecimal = ByteSet(Array("0123456789abcdefABCDEF".utf8))

    private static let classes: [UInt8: ByteSet] = [
        UInt8(ascii: "d"): .digits, UInt8(ascii: "D"): ByteSet.digits.inverted,
        UInt8(ascii: "w"): .letters, UInt8(ascii: "W"): ByteSet.letters.inverted,
        UInt8(ascii: "s"): .blanks, UInt8(ascii: "S"): ByteSet.blanks.inverted,
    ]

    private mutating func bracket() -> ExpressionNode? {
        let isNegated = take("^")
        var set = ByteSet()
        var isFirst = true
        while let byte = next {
            if byte == UInt8(ascii: "]"), !isFirst {
                position += 1
                if ignoresCase { set = set.ignoringCase }
                return .set(isNegated ? set.inverted : set)
            }
            isFirst = false
            if byte == UInt8(ascii: "["), position + 1 < bytes.count, bytes[position + 1] == UInt8(ascii: ":") {
                guard let named = namedClass() else { return nil }
                set.formUnion(named)
                continue
            }
            position += 1
            var low = byte
            if byte == UInt8(ascii: "\\") {
                guard let second = next else { return nil }
                position += 1
                if let known = Self.classes[second] {
                    set.formUnion(known)
                    continue
                }
                guard let meant = escaped(second) else { return nil }
                low = meant
            }
            guard let high = rangeEnd() else { return nil }
            guard let high else {
                set.insert(low)
                continue
            }
            guard low <= high else { return nil }
            for member in low...high { set.insert(member) }
        }
        return nil
    }

    /// A class such as `[:alpha:]`; nil if there is none of that name here.
    private mutating func namedClass() -> ByteSet? {
        for (name, set) in Self.namedClasses where bytes[position...].starts(with: Array("[:\(name):]".utf8)) {
            position += name.utf8.count + 4
            return set
        }
        return nil
    }

    private static let namedClasses: [String: ByteSet] = {
        let lower = ByteSet(UInt8(ascii: "a")...UInt8(ascii: "z"))
        let upper = ByteSet(UInt8(ascii: "A")...UInt8(ascii: "Z"))
        var letters = lower
        letters.formUnion(upper)
        var both = letters
        both.formUnion(.digits)
        return [
            "alpha": letters, "alnum": both, "digit": .digits, "lower": lower, "upper": upper, "space": .blanks,
            "word": .letters, "xdigit": hexadecimal,
        ]
    }()

    /// The end of a range in a bracket, if one follows; nil within nil if the bracket cannot be read.
    private mutating func rangeEnd() -> UInt8?? {
        guard next == UInt8(ascii: "-"), position + 1 < bytes.count, bytes[position + 1] != UInt8(ascii: "]") else {
            return .some(nil)
        }
        position += 1
        let byte = bytes[position]
        position += 1
        guard byte == UInt8(ascii: "\\") else { return .some(byte) }
        guard let second = next else { return nil }
        position += 1
        guard let meant = escaped(second) else { return nil }
        return .some(meant)
    }

    private mutating func repetition(of part: ExpressionNode) -> ExpressionNode? {
        guard let (least, most) = bounds() else { return isTooMany ? nil : part }
        if take("+") {
            guard bounds() == nil else { return nil }
            return .atomic(.repeated(part, least: least, most: most, isLazy: false))
        }
        let isLazy = take("?")
        guard bounds() == nil else { return nil }
        return .repeated(part, least: least, most: most, isLazy: isLazy)
    }

    /// How often the part before this place is repeated; nil if no repetition stands here, or one with counts above 1000.
    private mutating func bounds() -> (Int, Int?)? {
        if take("*") { return (0, nil) }
        if take("+") { return (1, nil) }
        if take("?") { return (0, 1) }
        guard next == UInt8(ascii: "{"), let end = bytes[position...].firstIndex(of: UInt8(ascii: "}")) else {
            return nil
        }
        let inner = bytes[(position + 1)..<end].split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
        // Anything but digits is plain text, as PCRE has it.
        guard (1...2).contains(inner.count), !inner[0].isEmpty,
            inner.allSatisfy({ $0.allSatisfy(ByteSet.digits.contains) })
        else { return nil }
        let numbers = inner.map { $0.isEmpty ? nil : Int(String(decoding: $0, as: UTF8.self)) ?? .max }
        let most = inner.count == 1 ? numbers[0] : numbers[1]
        guard let least = numbers[0], max(least, most ?? 0) <= Self.mostTimes, most ?? least >= least else {
            isTooMany = true
            return nil
        }
        position = end + 1
        return (least, most)
    }
}
