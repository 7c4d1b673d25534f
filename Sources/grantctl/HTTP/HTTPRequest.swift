import Encoding

/// A request to a web server.
struct HTTPRequest {
    /// A header's name and value.
    typealias Header = (name: String, value: String)

    /// `GET`, `POST` and so on.
    let method: String
    /// An `http` or `https` URL without a user's name and password. It is sent as it is written.
    let url: String
    /// The headers, in order, beside those that curl adds.
    var headers: [Header]
    /// The body; nil for none.
    var body: String?

    /// A request.
    init(_ method: String = "GET", _ url: String, _ headers: [Header] = [], body: String? = nil) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
    }

    /// A `POST` of a form.
    static func form(_ url: String, _ fields: [(name: String, value: String)], _ headers: [Header] = []) -> HTTPRequest
    {
        HTTPRequest("POST", url, headers + [("Content-Type", FormText.mediaType)], body: FormText.form(fields))
    }

    /// The header by which a client authenticates (RFC 6749 §2.3.1).
    static func basic(_ id: String, _ secret: String) -> Header {
        let pair = "\(FormText.encoded(id)):\(FormText.encoded(secret))"
        return ("Authorization", "Basic \(Base64.standard.encode(Array(pair.utf8)))")
    }
}
