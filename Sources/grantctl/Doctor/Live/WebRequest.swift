/// A request that the doctor sends.
struct WebRequest: Equatable {
    var method = "GET"
    let url: String
    /// Headers in their order, beside those that are usual.
    var headers: [Header] = []
    /// The body; nil for none.
    var body: String?

    /// A header's name and value.
    struct Header: Equatable {
        let name: String
        let value: String

        /// A header.
        init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    /// A request without a body.
    init(_ method: String = "GET", _ url: String, _ headers: [Header] = []) {
        self.method = method
        self.url = url
        self.headers = headers
    }

    /// A form.
    static func form(_ url: String, _ members: [(String, String)], _ headers: [Header] = []) -> WebRequest {
        var request = WebRequest("POST", url, headers + [Header("Content-Type", "application/x-www-form-urlencoded")])
        request.body = members.map { "\(Self.encoded($0.0))=\(Self.encoded($0.1))" }.joined(separator: "&")
        return request
    }

    /// As `application/x-www-form-urlencoded` has it (RFC 6749 appendix B).
    static func encoded(_ text: String) -> String {
        var result = ""
        for byte in text.utf8 {
            let character = Character(UnicodeScalar(byte))
            if byte < 0x80, character.isLetter || character.isNumber || "-._~".contains(character) {
                result.append(character)
            } else {
                let digits = String(byte, radix: 16, uppercase: true)
                result += digits.count == 1 ? "%0\(digits)" : "%\(digits)"
            }
        }
        return result
    }
}
