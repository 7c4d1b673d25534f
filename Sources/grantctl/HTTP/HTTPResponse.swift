/// A web server's answer.
struct HTTPResponse {
    /// The status, such as 200.
    let status: Int
    /// The headers by their names in lower case, without blanks around the values; those of one name are joined by commas
    /// (RFC 9110 §5.3).
    let headers: [String: String]
    /// The body.
    let body: [UInt8]
    /// From the request's beginning to the answer's end.
    var duration: Duration = .zero
    /// The server's address, as the connection had it; empty if it is not known.
    var address = ""

    /// An answer.
    init(_ status: Int, _ headers: [String: String] = [:], _ body: String = "") {
        self.status = status
        self.headers = headers
        self.body = Array(body.utf8)
    }

    /// The body as text.
    var text: String { String(decoding: body, as: UTF8.self) }

    /// The body's members; none if it is not a JSON object.
    var json: JSONMembers { JSONMembers(text) }

    /// Whether it is a page for people.
    var isHTML: Bool {
        headers["content-type"]?.lowercased().hasPrefix("text/html") ?? false || text.lowercased().contains("<html")
    }

    /// Whether the server sends the caller elsewhere.
    var isRedirect: Bool { (301...308).contains(status) && status != 304 && headers["location"] != nil }

    /// Where a redirection leads, without a query, which may hold anything.
    var target: String {
        let location = headers["location"] ?? ""
        return String(location.prefix { $0 != "?" && $0 != "#" }.prefix(200))
    }
}

extension HTTPResponse {
    /// Reads what curl prints with `include`: the headers as they came, and the body. Nil if it is not an HTTP response.
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
            let pairs = lines.dropFirst().compactMap { line in
                line.firstIndex(of: ":").map {
                    (line[..<$0].lowercased(), Self.trimmed(line[line.index(after: $0)...]))
                }
            }
            self.status = status
            headers = Dictionary(pairs) { "\($0), \($1)" }
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
