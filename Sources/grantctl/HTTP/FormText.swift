import Encoding

/// The encoding of forms, `application/x-www-form-urlencoded` (RFC 6749 appendix B).
enum FormText {
    /// The media type of a form.
    static let mediaType = "application/x-www-form-urlencoded"

    private static let unreserved = Base64.urlAlphabet.union(".~".utf8)

    /// A value: all but unreserved characters is percent-encoded, so that it means the same in a form and in a URL.
    static func encoded(_ text: String) -> String {
        text.utf8.reduce(into: "") { result, byte in
            if unreserved.contains(byte) {
                result.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                result += "%" + Hex.encode([byte]).uppercased()
            }
        }
    }

    /// A form of these fields.
    static func form(_ fields: [(name: String, value: String)]) -> String {
        fields.map { "\(encoded($0.name))=\(encoded($0.value))" }.joined(separator: "&")
    }
}
