/// Steps through one JSON object's members in the order in which they stand (RFC 8259).
package struct JSONScanner {
    /// The text leaves the grammar, or is nested more deeply than `maximumDepth`.
    package struct Malformed: Error {}

    /// Two members of one object have the same name.
    struct RepeatedMember: Error {
        let name: String
    }

    /// There are more values than the caller allows.
    struct TooManyValues: Error {}

    /// How many arrays and objects may stand inside one another.
    package static let maximumDepth = 32

    private let text: [UInt8]
    private var position = 0
    private var isFirstMember = true
    private var isFirstElement = true

    /// How many more values `value()` builds.
    var valuesLeft = Int.max

    /// A scanner over text that is known to be UTF-8.
    package init(_ text: [UInt8]) {
        self.text = text
    }

    /// Enters the object that the text is; false if it is something else.
    package mutating func beginObject() throws(Malformed) -> Bool {
        skipSpace()
        return skip(UInt8(ascii: "{"))
    }

    /// The next member's name, standing before its value; nil after the last, past the closing brace.
    package mutating func nextMember() throws(Malformed) -> String? {
        skipSpace()
        if skip(UInt8(ascii: "}")) { return nil }
        if !isFirstMember {
            try expect(UInt8(ascii: ","))
            skipSpace()
        }
        isFirstMember = false
        guard let name = try string() else { throw Malformed() }
        skipSpace()
        try expect(UInt8(ascii: ":"))
        skipSpace()
        return name
    }

    /// Enters the array that stands here; false, and nothing read, if another value does. Only one is entered at a time.
    package mutating func beginArray() throws(Malformed) -> Bool {
        guard skip(UInt8(ascii: "[")) else { return false }
        isFirstElement = true
        return true
    }

    /// Steps to the next element of the array, which stands here then; false after the last, past the closing bracket.
    package mutating func nextElement() throws(Malformed) -> Bool {
        skipSpace()
        if skip(UInt8(ascii: "]")) { return false }
        if !isFirstElement {
            try expect(UInt8(ascii: ","))
            skipSpace()
        }
        isFirstElement = false
        return true
    }

    /// Makes sure that nothing but white space is left.
    package mutating func end() throws(Malformed) {
        skipSpace()
        guard position == text.count else { throw Malformed() }
    }

    /// The string that stands here, its escapes undone; nil, and nothing read, where another value stands.
    package mutating func string() throws(Malformed) -> String? {
        guard skip(UInt8(ascii: "\"")) else { return nil }
        var bytes: [UInt8] = []
        while true {
            let rest = text[position...]
            let run = rest.prefix(rest.span.firstIndex(of: UInt8(ascii: "\""), or: UInt8(ascii: "\\")) ?? rest.count)
            position = run.endIndex
            guard !run.span.hasByte(below: 0x20), let byte = take() else { throw Malformed() }
            // Most strings are one run.
            if byte == UInt8(ascii: "\""), bytes.isEmpty { return String(decoding: run, as: UTF8.self) }
            bytes += run
            switch byte {
            case UInt8(ascii: "\""): return String(decoding: bytes, as: UTF8.self)
            case UInt8(ascii: "\\"): bytes += String(try escape()).utf8
            default: throw Malformed()
            }
        }
    }

    /// Passes over `null`; false, and nothing read, where another value stands.
    package mutating func skipNull() throws(Malformed) -> Bool {
        guard peek == UInt8(ascii: "n") else { return false }
        try expect("null")
        return true
    }

    /// Passes over any value.
    package mutating func skipValue(depth: Int = 1) throws(Malformed) {
        guard depth <= Self.maximumDepth else { throw Malformed() }
        switch peek {
        case UInt8(ascii: "\""): _ = try string()
        case UInt8(ascii: "{"): try skipContainer(closing: UInt8(ascii: "}"), depth: depth, isObject: true)
        case UInt8(ascii: "["): try skipContainer(closing: UInt8(ascii: "]"), depth: depth, isObject: false)
        case UInt8(ascii: "t"): try expect("true")
        case UInt8(ascii: "f"): try expect("false")
        case UInt8(ascii: "n"): try expect("null")
        default: try skipNumber()
        }
    }

    private mutating func skipContainer(closing: UInt8, depth: Int, isObject: Bool) throws(Malformed) {
        position += 1
        skipSpace()
        if skip(closing) { return }
        while true {
            if isObject {
                guard try string() != nil else { throw Malformed() }
                skipSpace()
                try expect(UInt8(ascii: ":"))
                skipSpace()
            }
            try skipValue(depth: depth + 1)
            skipSpace()
            if skip(closing) { return }
            try expect(UInt8(ascii: ","))
            skipSpace()
        }
    }

    /// The value that stands here, all of it.
    ///
    /// - Throws: `RepeatedMember` for an object with two members of one name, `TooManyValues` when none is left to build,
    ///   `Malformed` for anything else.
    mutating func value(depth: Int = 1) throws -> JSONDocument {
        guard depth <= Self.maximumDepth else { throw Malformed() }
        guard valuesLeft > 0 else { throw TooManyValues() }
        valuesLeft -= 1
        switch peek {
        case UInt8(ascii: "\""): return .string(try string() ?? "")
        case UInt8(ascii: "{"): return .object(try members(depth: depth))
        case UInt8(ascii: "["): return .array(try elements(depth: depth))
        case UInt8(ascii: "t"):
            try expect("true")
            return .bool(true)
        case UInt8(ascii: "f"):
            try expect("false")
            return .bool(false)
        case UInt8(ascii: "n"):
            try expect("null")
            return .null
        default:
            let start = position
            try skipNumber()
            return .number(String(decoding: text[start..<position], as: UTF8.self))
        }
    }

    private mutating func members(depth: Int) throws -> [String: JSONDocument] {
        var members: [String: JSONDocument] = [:]
        position += 1
        skipSpace()
        if skip(UInt8(ascii: "}")) { return members }
        while true {
            guard let name = try string() else { throw Malformed() }
            skipSpace()
            try expect(UInt8(ascii: ":"))
            skipSpace()
            let value = try value(depth: depth + 1)
            guard members.updateValue(value, forKey: name) == nil else { throw RepeatedMember(name: name) }
            skipSpace()
            if skip(UInt8(ascii: "}")) { return members }
            try expect(UInt8(ascii: ","))
            skipSpace()
        }
    }

    private mutating func elements(depth: Int) throws -> [JSONDocument] {
        var elements: [JSONDocument] = []
        position += 1
        skipSpace()
        if skip(UInt8(ascii: "]")) { return elements }
        while true {
            elements.append(try value(depth: depth + 1))
            skipSpace()
            if skip(UInt8(ascii: "]")) { return elements }
            try expect(UInt8(ascii: ","))
            skipSpace()
        }
    }

    private mutating func skipNumber() throws(Malformed) {
        _ = skip(UInt8(ascii: "-"))
        if !skip(UInt8(ascii: "0")) { try skipDigits() }
        if skip(UInt8(ascii: ".")) { try skipDigits() }
        if skip(UInt8(ascii: "e")) || skip(UInt8(ascii: "E")) {
            if !skip(UInt8(ascii: "+")) { _ = skip(UInt8(ascii: "-")) }
            try skipDigits()
        }
    }

    private mutating func skipDigits() throws(Malformed) {
        let start = position
        while let byte = peek, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { position += 1 }
        guard position > start else { throw Malformed() }
    }

    private mutating func escape() throws(Malformed) -> Unicode.Scalar {
        switch take() {
        case UInt8(ascii: "\""): return "\""
        case UInt8(ascii: "\\"): return "\\"
        case UInt8(ascii: "/"): return "/"
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"):
            let unit = try codeUnit()
            if let scalar = Unicode.Scalar(unit) { return scalar }
            guard UTF16.isLeadSurrogate(unit) else { throw Malformed() }
            try expect("\\u")
            let trail = try codeUnit()
            guard UTF16.isTrailSurrogate(trail) else { throw Malformed() }
            return UTF16.decode(UTF16.EncodedScalar([unit, trail]))
        default: throw Malformed()
        }
    }

    private mutating func codeUnit() throws(Malformed) -> UInt16 {
        var unit: UInt16 = 0
        for _ in 0..<4 {
            guard let digit = take().flatMap(Hex.digit) else { throw Malformed() }
            unit = unit << 4 | UInt16(digit)
        }
        return unit
    }

    /// The line of the text that the scanner has reached, from 1.
    var line: Int { 1 + text[..<position].count { $0 == 0x0A } }

    /// Whether a bracket closes here right after a comma.
    var isBehindTrailingComma: Bool {
        let last = text[..<position].last { $0 != 0x20 && $0 != 0x09 && $0 != 0x0A && $0 != 0x0D }
        return last == UInt8(ascii: ",") && (peek == UInt8(ascii: "}") || peek == UInt8(ascii: "]"))
    }

    private var peek: UInt8? { position < text.count ? text[position] : nil }

    private mutating func take() -> UInt8? {
        guard let byte = peek else { return nil }
        position += 1
        return byte
    }

    private mutating func skip(_ byte: UInt8) -> Bool {
        guard peek == byte else { return false }
        position += 1
        return true
    }

    private mutating func expect(_ byte: UInt8) throws(Malformed) {
        guard skip(byte) else { throw Malformed() }
    }

    private mutating func expect(_ word: StaticString) throws(Malformed) {
        for byte in word.description.utf8 { try expect(byte) }
    }

    /// Passes over white space.
    mutating func skipSpace() {
        while let byte = peek, byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D { position += 1 }
    }
}
