/// The answer to a request.
package struct GatewayResponse: Sendable {
    /// The HTTP status.
    package var status: Int
    /// The header fields in their order. Content-Length is added for the caller who leaves it out.
    package var headers: [(name: String, value: String)]
    /// The content.
    package var body: [UInt8]
    /// The answer leaves no sooner than this.
    package var heldUntil: ContinuousClock.Instant?
    /// The worker gives this answer and then ends with a failure.
    package var endsWorker: Bool

    /// An answer of these parts.
    package init(
        status: Int,
        headers: [(name: String, value: String)] = [],
        body: [UInt8] = [],
        heldUntil: ContinuousClock.Instant? = nil,
        endsWorker: Bool = false
    ) {
        self.status = status
        self.headers = headers
        self.body = body
        self.heldUntil = heldUntil
        self.endsWorker = endsWorker
    }
}

extension GatewayResponse {
    /// The answer in the form that FastCGI's stdout and CGI's standard output share (RFC 3875 §6.3).
    ///
    /// A field that cannot be one is left out: a name that is not a token, a `Status`, a value with CR, LF or NUL. So
    /// nothing that a handler copies from a request can start a field of its own.
    func rendered() -> [UInt8] {
        var document: [UInt8] = []
        render(into: &document)
        return document
    }

    /// The same at the end of what is there.
    func render(into document: inout [UInt8]) {
        document.reserveCapacity(document.count + 512 + body.count)
        document.append(status: status)
        var namesLength = !mayHaveContent
        for (name, value) in headers where Self.isField(name, value) {
            if Self.isSame(name, "status") { continue }
            if Self.isSame(name, "content-length") { namesLength = true }
            document.append(field: name, value)
        }
        if !namesLength { document.append(contentLength: body.count) }
        document.endLine()
        document += body
    }

    /// Whether the status lets an answer have content (RFC 9110 §6.4.1).
    private var mayHaveContent: Bool { status >= 200 && status != 204 && status != 304 }

    private static func isField(_ name: String, _ value: String) -> Bool {
        let (name, value) = (name.utf8.span, value.utf8.span)
        if name.isEmpty { return false }
        for index in name.indices where !isTokenCharacter(name[index]) { return false }
        for index in value.indices where endsValue(value[index]) { return false }
        return true
    }

    private static func endsValue(_ byte: UInt8) -> Bool {
        byte == 0 || byte == UInt8(ascii: "\r") || byte == UInt8(ascii: "\n")
    }

    private static func isSame(_ name: String, _ lowercased: String) -> Bool {
        name.utf8.count == lowercased.utf8.count && name.lowercased() == lowercased
    }

    private static let otherTokenCharacters = Array("!#$%&'*+.^_`|~".utf8)

    /// Characters of a field's name (RFC 9110 §5.6.2).
    private static func isTokenCharacter(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        case UInt8(ascii: "-"):
            true
        default:
            Self.otherTokenCharacters.contains(byte)
        }
    }
}

extension [UInt8] {
    fileprivate mutating func append(field name: String, _ value: String) {
        self += name.utf8
        append(UInt8(ascii: ":"))
        append(UInt8(ascii: " "))
        self += value.utf8
        endLine()
    }

    fileprivate mutating func append(status: Int) {
        self += "Status: ".utf8
        append(decimal: status)
        append(UInt8(ascii: " "))
        self += ReasonPhrase.of(status).utf8
        endLine()
    }

    fileprivate mutating func append(contentLength: Int) {
        self += "Content-Length: ".utf8
        append(decimal: contentLength)
        endLine()
    }

    private mutating func append(decimal number: Int) {
        var place: UInt = 1
        while number.magnitude / place >= 10 { place *= 10 }
        while place > 0 {
            append(UInt8(ascii: "0") + UInt8(number.magnitude / place % 10))
            place /= 10
        }
    }

    fileprivate mutating func endLine() {
        append(UInt8(ascii: "\r"))
        append(UInt8(ascii: "\n"))
    }
}
