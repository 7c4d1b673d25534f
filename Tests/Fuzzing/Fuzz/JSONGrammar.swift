/// The grammar of RFC 8259, read once more: whether a text is one value in it, and how deeply that is nested.
struct JSONGrammar {
    private let text: [UInt8]
    private var position = 0
    private var depth = 0
    private var deepest = 0

    /// How many arrays and objects stand inside one another; nil if the text is not in the grammar.
    static func depth(of text: [UInt8]) -> Int? {
        var grammar = JSONGrammar(text: text)
        guard grammar.value(), grammar.position == text.count else { return nil }
        return grammar.deepest
    }

    private init(text: [UInt8]) {
        self.text = text
    }

    private var next: Character? {
        position < text.count ? Character(Unicode.Scalar(text[position])) : nil
    }

    /// Passes one of the characters if it stands here.
    private mutating func take(_ characters: String) -> Bool {
        guard let next, characters.contains(next) else { return false }
        position += 1
        return true
    }

    private mutating func takeAll(_ characters: String) -> Int {
        let start = position
        while take(characters) {}
        return position - start
    }

    /// A value, with the white space on both sides of it.
    private mutating func value() -> Bool {
        _ = takeAll(" \t\n\u{D}")
        defer { _ = takeAll(" \t\n\u{D}") }
        switch next {
        case "{": return list(endingWith: "}") { $0.member() }
        case "[": return list(endingWith: "]") { $0.value() }
        case "\"": return string()
        case "t": return word("true")
        case "f": return word("false")
        case "n": return word("null")
        default: return number()
        }
    }

    private mutating func list(endingWith end: String, _ element: (inout JSONGrammar) -> Bool) -> Bool {
        position += 1
        depth += 1
        deepest = max(depth, deepest)
        defer { depth -= 1 }
        _ = takeAll(" \t\n\u{D}")
        if take(end) { return true }
        repeat {
            guard element(&self) else { return false }
        } while take(",")
        return take(end)
    }

    private mutating func member() -> Bool {
        _ = takeAll(" \t\n\u{D}")
        guard string() else { return false }
        _ = takeAll(" \t\n\u{D}")
        return take(":") && value()
    }

    private mutating func word(_ word: String) -> Bool {
        word.allSatisfy { take(String($0)) }
    }

    private mutating func number() -> Bool {
        _ = take("-")
        guard take("0") || takeAll("0123456789") > 0 else { return false }
        if take("."), takeAll("0123456789") == 0 { return false }
        guard take("eE") else { return true }
        _ = take("+-")
        return takeAll("0123456789") > 0
    }

    /// A string whose escapes stand for characters: of a pair of surrogates both are there.
    private mutating func string() -> Bool {
        guard take("\"") else { return false }
        while position < text.count {
            if take("\"") { return true }
            if take("\\") {
                if !take("\"\\/bfnrt") {
                    guard let unit = codeUnit() else { return false }
                    if 0xDC00...0xDFFF ~= unit { return false }
                    if 0xD800...0xDBFF ~= unit {
                        guard take("\\"), let trail = codeUnit(), 0xDC00...0xDFFF ~= trail else { return false }
                    }
                }
            } else {
                guard text[position] >= 0x20 else { return false }
                position += 1
            }
        }
        return false
    }

    private mutating func codeUnit() -> UInt16? {
        guard take("u") else { return nil }
        let start = position
        for _ in 0..<4 { guard take("0123456789abcdefABCDEF") else { return nil } }
        return UInt16(String(decoding: text[start..<position], as: UTF8.self), radix: 16)
    }
}
