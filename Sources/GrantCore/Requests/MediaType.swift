/// The forms of request body that grantd takes.
enum MediaType: String {
    /// `application/x-www-form-urlencoded`, the form of RFC 6749.
    case form = "application/x-www-form-urlencoded"
    /// `application/json`, the same parameters as the members of an object.
    case json = "application/json"

    /// The type that a Content-Type header names, without case and parameters (RFC 9110 §8.3.1); nil for any other.
    init?(contentType: String) {
        // As most clients write it.
        if let known = Self(rawValue: contentType) {
            self = known
            return
        }
        var essence = contentType.utf8.prefix { $0 != UInt8(ascii: ";") }
        while let first = essence.first, Self.isSpace(first) { essence.removeFirst() }
        while let last = essence.last, Self.isSpace(last) { essence.removeLast() }
        self.init(rawValue: String(Substring(essence)).lowercased())
    }

    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t")
    }
}
