/// What a web server answered.
struct WebAnswer: Equatable {
    let status: Int
    /// The headers by their names in small letters; of several of one name, the values joined by commas (RFC 9110 §5.3).
    var headers: [String: String] = [:]
    var body = ""
    /// From the request's beginning to the answer's end.
    var duration: Duration = .zero
    /// The server's address, as the connection had it.
    var address = ""

    /// Reads what `curl --include` printed: heads, the last of which counts, and the body.
    init?(_ text: String) {
        var rest = Substring(text)
        while true {
            guard rest.hasPrefix("HTTP/"), let end = rest.firstRange(of: "\r\n\r\n") else { return nil }
            let lines = rest[..<end.lowerBound].split(separator: "\r\n")
            guard let status = lines.first?.split(separator: " ").dropFirst().first.flatMap({ Int($0) }) else {
                return nil
            }
            rest = rest[end.upperBound...]
            // An answer in between, such as 100 (Continue).
            if status < 200, status != 101 { continue }
            self.status = status
            for line in lines.dropFirst() {
                let pair = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
                guard pair.count == 2 else { continue }
                let value = String(pair[1].drop { $0 == " " || $0 == "\t" })
                headers[pair[0].lowercased(), default: ""] += (headers[pair[0].lowercased()] == nil ? "" : ", ") + value
            }
            body = String(rest)
            return
        }
    }

    /// An answer, for tests.
    init(_ status: Int, _ headers: [String: String] = [:], _ body: String = "") {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// The members of a JSON object.
    var json: JSONMembers { JSONMembers(body) }

    /// Whether it is a page for people.
    var isHTML: Bool {
        headers["content-type"]?.lowercased().hasPrefix("text/html") ?? false || body.lowercased().contains("<html")
    }

    /// Whether the server sends the caller elsewhere.
    var isRedirect: Bool { (301...308).contains(status) && status != 304 && headers["location"] != nil }

    /// Where to, without a query, which may hold anything.
    var target: String {
        let location = headers["location"] ?? ""
        return String(location.prefix { $0 != "?" && $0 != "#" }.prefix(200))
    }
}
