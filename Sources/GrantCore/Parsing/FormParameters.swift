/// Reads `application/x-www-form-urlencoded` bodies (RFC 6749 appendix B).
enum FormParameters {
    /// The parameters of a form that the endpoint knows.
    ///
    /// - Throws: `invalid_request` at a broken escape, at invalid UTF-8 and at a known parameter that is repeated.
    static func parse(_ body: [UInt8], known: [Parameter]) throws(OAuthError) -> RequestParameters {
        var parameters = RequestParameters()
        for field in body.split(separator: UInt8(ascii: "&")) {
            let name = field.prefix { $0 != UInt8(ascii: "=") }
            guard let decodedName = decode(name) else { throw .invalidRequest("the form is not well encoded") }
            guard let parameter = Parameter(rawValue: decodedName), known.contains(parameter) else { continue }
            guard let value = decode(field.dropFirst(name.count + 1)) else {
                throw .invalidRequest("\(parameter.rawValue) is not well encoded")
            }
            try parameters.insert(value, for: parameter)
        }
        return parameters
    }

    /// Undoes form encoding: `+` is a space, `%` and two hexadecimal digits are a byte.
    ///
    /// Nil at a broken escape and where the bytes are not UTF-8.
    static func decode(_ text: some Collection<UInt8>) -> String? {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count)
        var index = text.startIndex
        while index != text.endIndex {
            let character = text[index]
            text.formIndex(after: &index)
            switch character {
            case UInt8(ascii: "+"):
                bytes.append(UInt8(ascii: " "))
            case UInt8(ascii: "%"):
                let digits = text[index...].prefix(2)
                guard digits.count == 2, let byte = Hex.decode(digits) else { return nil }
                bytes.append(byte[0])
                index = digits.endIndex
            default:
                bytes.append(character)
            }
        }
        guard let text = try? UTF8Span(validating: bytes.span) else { return nil }
        return String(copying: text)
    }
}
