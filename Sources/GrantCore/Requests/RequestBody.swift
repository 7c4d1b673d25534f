/// The bytes of a body, without what editors, shells and libraries put around its content.
struct RequestBody {
    /// What is left: no byte order mark at the start, no line break at the end.
    let content: ArraySlice<UInt8>

    private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

    init(_ bytes: [UInt8]) {
        var content = bytes[...]
        if content.starts(with: Self.byteOrderMark) { content = content.dropFirst(Self.byteOrderMark.count) }
        while let last = content.last, last == UInt8(ascii: "\n") || last == UInt8(ascii: "\r") { content.removeLast() }
        self.content = content
    }

    /// Whether it begins and ends as a JSON object does, whatever is between.
    var looksLikeJSON: Bool {
        let isSpace = { (byte: UInt8) in byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D }
        return content.first { !isSpace($0) } == UInt8(ascii: "{") && content.last { !isSpace($0) } == UInt8(ascii: "}")
    }

    /// The parameters that the endpoint knows.
    ///
    /// - Throws: `invalid_request` as the parsers of forms and of JSON do; for JSON that came as a form, with the type
    ///   that it should have had.
    func parameters(_ type: MediaType, known: [Parameter]) throws(OAuthError) -> RequestParameters {
        switch type {
        case .json:
            return try JSONParameters.parse(Array(content), known: known)
        case .form:
            // Most bodies are what they say.
            guard looksLikeJSON else { return try FormParameters.parse(content, known: known) }
            guard let parameters = try? FormParameters.parse(content, known: known), !parameters.isEmpty else {
                throw .invalidRequest("the body looks like JSON: send it with Content-Type \(MediaType.json.rawValue)")
            }
            return parameters
        }
    }
}
