import GrantCore

/// A web server's answer.
struct HTTPResponse {
    /// The status, such as 200.
    let status: Int
    /// The headers, in order, without blanks around the values.
    let headers: [(name: String, value: String)]
    /// The body.
    let body: [UInt8]

    /// The first header of a name, in any case of its letters; nil if there is none.
    func header(_ name: String) -> String? {
        headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }

    /// Whether the body says that it is of a media type such as `application/json`.
    func isOf(_ mediaType: String) -> Bool {
        header("Content-Type")?.split(separator: ";").first?.lowercased().filter { $0 != " " } == mediaType
    }
}

extension HTTPResponse {
    /// Reads what curl prints with `include`: the headers as they came, and the body. Nil for what is no answer.
    ///
    /// Interim answers, such as 100, are passed over (RFC 9110 §15.2).
    init?(_ bytes: [UInt8]) {
        var rest = bytes[...]
        repeat {
            guard let end = Self.endOfHead(rest) else { return nil }
            let lines = String(decoding: rest[..<end], as: UTF8.self).split(whereSeparator: \.isNewline)
            rest = rest[end...]
            guard let first = lines.first, first.hasPrefix("HTTP/"),
                let code = first.split(separator: " ").dropFirst().first,
                let status = Int(code), (100...999).contains(status)
            else { return nil }
            if (100..<200).contains(status), status != 101 { continue }
            self.status = status
            headers = lines.dropFirst().compactMap { line in
                guard let colon = line.firstIndex(of: ":") else { return nil }
                return (String(line[..<colon]), Self.trimmed(line[line.index(after: colon)...]))
            }
            body = Array(rest)
            return
        } while true
    }

    /// Where the body starts: after the first empty line.
    private static func endOfHead(_ bytes: ArraySlice<UInt8>) -> Int? {
        var lineStart = bytes.startIndex
        while let newline = bytes[lineStart...].firstIndex(of: UInt8(ascii: "\n")) {
            if bytes[lineStart..<newline].allSatisfy({ $0 == UInt8(ascii: "\r") }) { return newline + 1 }
            lineStart = newline + 1
        }
        return nil
    }

    private static func trimmed(_ text: Substring) -> String {
        let isBlank = { (character: Character) in character == " " || character == "\t" }
        return String(text.drop(while: isBlank).reversed().drop(while: isBlank).reversed())
    }
}
