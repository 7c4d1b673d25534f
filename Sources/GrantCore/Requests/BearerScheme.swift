/// The scheme of bearer tokens in an Authorization header (RFC 6750 §2.1), which has no case.
enum BearerScheme {
    /// Bytes of its name.
    static let length = 6

    /// Whether the header is of this scheme, well-formed or not.
    static func isNamed(by authorization: String) -> Bool {
        var rest = authorization.utf8[...]
        for letter in "bearer".utf8 {
            // The other bit is what tells capitals from small letters.
            guard let byte = rest.popFirst(), byte | 0x20 == letter else { return false }
        }
        return rest.first.map { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") } ?? true
    }
}
