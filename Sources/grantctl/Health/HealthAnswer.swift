/// What a worker said of its health.
struct HealthAnswer: Equatable {
    /// The status of HTTP.
    let status: Int
    let body: String

    /// Whether the worker can issue tokens.
    var isHealthy: Bool { status == 200 }

    /// Reads the records of one answer (FastCGI specification §3.3) and the CGI headers in them; nil if it is not whole.
    init?(records: [UInt8]) {
        var output: [UInt8] = []
        var rest = records[...]
        var isWhole = false
        while !isWhole {
            guard rest.count >= 8 else { return nil }
            let start = rest.startIndex
            let length = Int(rest[start + 4]) << 8 | Int(rest[start + 5])
            let content = rest.dropFirst(8).prefix(length)
            guard content.count == length else { return nil }
            // Standard output, and the end of the request.
            if rest[start + 1] == 6 { output += content }
            if rest[start + 1] == 3 { isWhole = true }
            rest = rest.dropFirst(8 + length + Int(rest[start + 6]))
        }
        let text = String(decoding: output, as: UTF8.self)
        guard let end = text.firstRange(of: "\r\n\r\n") else { return nil }
        let headers = text[..<end.lowerBound].split(separator: "\r\n")
        // A CGI program that names no status means 200 (RFC 3875 §6.3.3).
        let name = "status:"
        let field = headers.first { $0.lowercased().hasPrefix(name) } ?? "Status: 200"
        guard let status = Int(field.dropFirst(name.count).drop { $0 == " " }.prefix(3)) else { return nil }
        self.status = status
        body = String(text[end.upperBound...])
    }
}
