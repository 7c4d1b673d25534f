/// The forms of request body that grantd takes.
enum MediaType: String {
    /// `application/x-www-form-urlencoded`, the form of RFC 6749.
    case form = "application/x-www-form-urlencoded"
    /// `application/json`, the same parameters as the members of an object.
    case json = "application/json"

    /// The type that a Content-Type header names, without case and parameters (RFC 9110 §8.3.1); nil for any other.
    init?(contentType: String) {
        let essence = contentType.utf8.prefix { $0 != UInt8(ascii: ";") }
        let trimmed = essence.trimmingPrefix(while: Self.isSpace).reversed().trimmingPrefix(while: Self.isSpace)
        self.init(rawValue: String(decoding: trimmed.reversed(), as: UTF8.self).lowercased())
    }

    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t")
    }
}
