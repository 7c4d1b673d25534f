import Encoding

/// The Authorization header of the Basic scheme (RFC 7617), taken apart.
enum BasicCredentials {
    /// The pairs of id and secret that a header may mean.
    ///
    /// RFC 6749 §2.3.1 has both form-encoded; many clients send them as they are. So there are two readings if they
    /// differ: decoded first, then raw.
    ///
    /// - Returns: one or two pairs, or nil if the scheme is another.
    /// - Throws: `invalid_request` if the credentials are not strict base64 of UTF-8 without control characters, or
    ///   have no colon.
    static func parse(authorization: String) throws(OAuthError) -> Few<Credentials>? {
        let header = authorization.utf8
        let scheme = header.prefix { $0 != UInt8(ascii: " ") }
        guard String(decoding: scheme, as: UTF8.self).lowercased() == "basic" else { return nil }

        let encoded = header.dropFirst(scheme.count).drop { $0 == UInt8(ascii: " ") }
        guard let bytes = Base64.standard.decode(encoded.span) else {
            throw .invalidRequest("the Authorization header is not Basic with base64")
        }
        guard (try? UTF8Span(validating: bytes.span)) != nil, bytes.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
            throw .invalidRequest("the Basic credentials are not UTF-8 without control characters")
        }
        guard let colon = bytes.firstIndex(of: UInt8(ascii: ":")) else {
            throw .invalidRequest("the Basic credentials have no colon")
        }
        let raw = (id: bytes[..<colon], secret: bytes[(colon + 1)...])
        let isPlain = raw.id.allSatisfy(isUnchanged) && raw.secret.allSatisfy(isUnchanged)
        let literal = Credentials(
            id: String(decoding: raw.id, as: UTF8.self),
            secret: String(decoding: raw.secret, as: UTF8.self)
        )
        if isPlain { return Few(literal) }
        let decoded = FormParameters.decode(raw.id.span).flatMap { id in
            FormParameters.decode(raw.secret.span).flatMap { secret in Credentials(id: id, secret: secret) }
        }
        return Few(decoded, literal)
    }

    /// Whether form decoding leaves the byte as it is.
    private static func isUnchanged(_ byte: UInt8) -> Bool {
        byte != UInt8(ascii: "%") && byte != UInt8(ascii: "+")
    }
}
