/// Splits one file into words, as nginx's `ngx_conf_read_token` does.
struct NginxLexer {
    /// A word or a mark.
    enum Token: Equatable {
        case word(String)
        case semicolon, open, close
    }

    private let bytes: [UInt8]
    private var position = 0
    private let file: String
    /// The line of the token that was read last, counted from 1.
    private(set) var tokenLine = 1
    /// The line of the next byte.
    private(set) var line = 1
    /// A quoted word has to be followed by a space or a mark.
    private var isAfterQuote = false

    init(_ bytes: [UInt8], file: String) {
        self.bytes = bytes
        self.file = file
    }

    /// The next token; nil at the end of the file.
    mutating func next() throws(NginxSyntaxError) -> Token? {
        while position < bytes.count {
            let byte = bytes[position]
            if isAfterQuote {
                isAfterQuote = false
                guard byte.isBlank || byte == .semicolon || byte == .openBrace || byte == .closeParenthesis else {
                    tokenLine = line
                    throw error("has a quoted word that is not followed by a space")
                }
            }
            if byte.isBlank {
                advance()
                continue
            }
            if byte == .numberSign {
                skipLine()
                continue
            }
            tokenLine = line
            switch byte {
            case .semicolon:
                advance()
                return .semicolon
            case .openBrace:
                advance()
                return .open
            case .closeBrace:
                advance()
                return .close
            case .doubleQuote, .singleQuote: return .word(try quoted(by: byte))
            default: return .word(try plain())
            }
        }
        tokenLine = line
        return nil
    }

    /// Skips a block of Lua whose opening brace was just read, to behind its closing brace.
    mutating func skipLuaBlock() throws(NginxSyntaxError) {
        let start = tokenLine
        var depth = 1
        while position < bytes.count {
            let byte = bytes[position]
            switch byte {
            case .openBrace:
                depth += 1
                advance()
            case .closeBrace:
                depth -= 1
                advance()
                if depth == 0 {
                    tokenLine = line
                    return
                }
            case .doubleQuote, .singleQuote: skipLuaText(by: byte)
            case .minus where follows(.minus, at: 1):
                advance(2)
                if !skipLongBracket() { skipLine() }
            case .openBracket:
                if !skipLongBracket() { advance() }
            default: advance()
            }
        }
        tokenLine = start
        throw error("opens a block of Lua that does not end")
    }

    /// What is wrong, at the token that was read last.
    func error(_ reason: String) -> NginxSyntaxError {
        NginxSyntaxError(place: Finding.Place(file: file, line: tokenLine), reason: reason)
    }

    private mutating func advance(_ count: Int = 1) {
        for _ in 0..<count where position < bytes.count {
            if bytes[position] == .lineFeed { line += 1 }
            position += 1
        }
    }

    private func follows(_ byte: UInt8, at distance: Int) -> Bool {
        position + distance < bytes.count && bytes[position + distance] == byte
    }

    private mutating func skipLine() {
        while position < bytes.count, bytes[position] != .lineFeed { position += 1 }
    }

    private mutating func quoted(by quote: UInt8) throws(NginxSyntaxError) -> String {
        advance()
        let start = position
        while position < bytes.count {
            if bytes[position] == .backslash {
                advance(2)
            } else if bytes[position] == quote {
                let word = Self.unescaped(bytes[start..<position])
                advance()
                isAfterQuote = true
                return word
            } else {
                advance()
            }
        }
        throw error("opens a quotation that does not end")
    }

    private mutating func plain() throws(NginxSyntaxError) -> String {
        let start = position
        var isVariable = false
        while position < bytes.count {
            let byte = bytes[position]
            if byte == .openBrace, isVariable {
                isVariable = false
                advance()
                continue
            }
            isVariable = byte == .dollar
            if byte.isBlank || byte == .semicolon || byte == .openBrace { break }
            advance(byte == .backslash ? 2 : 1)
        }
        return Self.unescaped(bytes[start..<position])
    }

    /// The bytes with nginx's escapes resolved: `\"`, `\'`, `\\`, `\t`, `\r`, `\n`; any other backslash stays.
    private static func unescaped(_ bytes: ArraySlice<UInt8>) -> String {
        guard bytes.contains(.backslash) else { return String(decoding: bytes, as: UTF8.self) }
        var result: [UInt8] = []
        var index = bytes.startIndex
        while index < bytes.endIndex {
            let next = index + 1 < bytes.endIndex ? bytes[index + 1] : nil
            guard bytes[index] == .backslash, let next, let meant = meant[next] else {
                result.append(bytes[index])
                index += 1
                continue
            }
            result.append(meant)
            index += 2
        }
        return String(decoding: result, as: UTF8.self)
    }

    private static let meant: [UInt8: UInt8] = [
        .doubleQuote: .doubleQuote, .singleQuote: .singleQuote, .backslash: .backslash,
        UInt8(ascii: "t"): 9, UInt8(ascii: "r"): 13, UInt8(ascii: "n"): 10,
    ]

    private mutating func skipLuaText(by quote: UInt8) {
        advance()
        while position < bytes.count, bytes[position] != quote, bytes[position] != .lineFeed {
            advance(bytes[position] == .backslash ? 2 : 1)
        }
        advance()
    }

    /// Skips `[==[ … ]==]`; false if none starts here.
    private mutating func skipLongBracket() -> Bool {
        guard position < bytes.count, bytes[position] == .openBracket else { return false }
        var level = 0
        while follows(.equals, at: level + 1) { level += 1 }
        guard follows(.openBracket, at: level + 1) else { return false }
        advance(level + 2)
        // Equal signs are counted once, so that many half-closed brackets cost no more than their bytes.
        var seen: Int?
        while position < bytes.count {
            let byte = bytes[position]
            advance()
            switch byte {
            case .closeBracket:
                if seen == level { return true }
                seen = 0
            case .equals: seen = seen.map { $0 + 1 }
            default: seen = nil
            }
        }
        return true
    }
}

extension UInt8 {
    fileprivate static let lineFeed = UInt8(ascii: "\n")
    fileprivate static let semicolon = UInt8(ascii: ";")
    fileprivate static let openBrace = UInt8(ascii: "{")
    fileprivate static let closeBrace = UInt8(ascii: "}")
    fileprivate static let openBracket = UInt8(ascii: "[")
    fileprivate static let closeBracket = UInt8(ascii: "]")
    fileprivate static let closeParenthesis = UInt8(ascii: ")")
    fileprivate static let doubleQuote = UInt8(ascii: "\"")
    fileprivate static let singleQuote = UInt8(ascii: "'")
    fileprivate static let backslash = UInt8(ascii: "\\")
    fileprivate static let numberSign = UInt8(ascii: "#")
    fileprivate static let dollar = UInt8(ascii: "$")
    fileprivate static let minus = UInt8(ascii: "-")
    fileprivate static let equals = UInt8(ascii: "=")

    fileprivate var isBlank: Bool { self == 32 || self == 9 || self == 13 || self == 10 }
}
