import Encoding

/// Reads `application/x-www-form-urlencoded` bodies (RFC 6749 appendix B).
enum FormParameters {
    /// The parameters of a form that the endpoint knows.
    ///
    /// - Throws: `invalid_request` at a broken escape, at invalid UTF-8 and at a known parameter that is repeated.
    static func parse(_ body: ArraySlice<UInt8>, known: [Parameter]) throws(OAuthError) -> RequestParameters {
        var parameters = RequestParameters()
        var rest = body
        while !rest.isEmpty {
            let field = rest.prefix(upTo: UInt8(ascii: "&"))
            rest = rest.dropFirst(field.count + 1)
            if field.isEmpty { continue }
            let name = field.prefix(upTo: UInt8(ascii: "="))
            guard let parameter = try parameter(named: name.span, of: known) else { continue }
            let encoded = field.dropFirst(name.count + 1)
            guard let value = decode(encoded.span, among: parameter.commonValue) else {
                throw .invalidRequest("\(parameter.rawValue) is not well encoded")
            }
            try parameters.insert(value, for: parameter)
        }
        return parameters
    }

    /// The parameter that a name means; nil for one that the endpoint does not know.
    private static func parameter(named name: Span<UInt8>, of known: [Parameter]) throws(OAuthError) -> Parameter? {
        // As most clients write it.
        for parameter in known where parameter.rawValue.utf8.span.isEqual(to: name) { return parameter }
        guard let decoded = decode(name) else { throw .invalidRequest("the form is not well encoded") }
        return Parameter(rawValue: decoded).flatMap { known.contains($0) ? $0 : nil }
    }

    /// Undoes form encoding: `+` is a space, `%` and two hexadecimal digits are a byte.
    ///
    /// Nil at a broken escape and where the bytes are not UTF-8.
    ///
    /// - Parameter common: what the text is most often, which then is not copied.
    static func decode(_ text: Span<UInt8>, among common: String? = nil) -> String? {
        if let common, common.utf8.span.isEqual(to: text) { return common }
        if !text.hasEscape {
            guard let text = try? UTF8Span(validating: text) else { return nil }
            return String(copying: text)
        }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count)
        var index = 0
        while index < text.count {
            switch text[index] {
            case UInt8(ascii: "+"):
                bytes.append(UInt8(ascii: " "))
            case UInt8(ascii: "%"):
                guard index + 2 < text.count, let byte = Hex.decode([text[index + 1], text[index + 2]]) else {
                    return nil
                }
                bytes.append(byte[0])
                index += 2
            default:
                bytes.append(text[index])
            }
            index += 1
        }
        guard let text = try? UTF8Span(validating: bytes.span) else { return nil }
        return String(copying: text)
    }
}

extension Span<UInt8> {
    /// Whether the bytes are the same.
    fileprivate func isEqual(to other: Span<UInt8>) -> Bool {
        guard count == other.count else { return false }
        for index in 0..<count where self[index] != other[index] { return false }
        return true
    }

    /// Whether the text holds `%` or `+`, which decoding changes.
    fileprivate var hasEscape: Bool {
        firstIndex(of: UInt8(ascii: "%"), or: UInt8(ascii: "+")) != nil
    }
}

extension ArraySlice<UInt8> {
    /// What stands before a byte; all of it if the byte is not there.
    fileprivate func prefix(upTo byte: UInt8) -> ArraySlice<UInt8> { prefix(span.firstIndex(of: byte) ?? count) }
}
