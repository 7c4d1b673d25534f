import Gateway
import GrantCore
import Monitoring

extension EndpointRequest {
    private static let commonTypes = ["application/x-www-form-urlencoded", "application/json"]

    /// What the endpoints read of a request, by the meta-variables' names (RFC 3875 §4.1).
    init(_ request: GatewayRequest, bodyLimit: Int) {
        let body: Body =
            switch request.body {
            case .whole(let bytes): .whole(bytes)
            case .tooLarge: .tooLarge(limit: bodyLimit)
            }
        self.init(
            method: request.parameters["REQUEST_METHOD"] ?? "",
            query: request.parameters["QUERY_STRING"],
            contentType: request.parameters.value(of: "CONTENT_TYPE", among: Self.commonTypes),
            contentEncoding: request.parameters["HTTP_CONTENT_ENCODING"],
            authorization: request.authorization,
            body: body,
            origin: Origin(address: request.parameters["REMOTE_ADDR"])
        )
    }
}

extension GatewayRequest {
    /// The value of the Authorization header, without the white space around it (RFC 9110 §5.5). Bytes that are not UTF-8
    /// make it malformed, and not absent.
    var authorization: String? {
        guard let bytes = parameters.bytes(of: "HTTP_AUTHORIZATION") else { return nil }
        let isSpace = { (byte: UInt8) in byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
        guard let first = bytes.firstIndex(where: { !isSpace($0) }), let last = bytes.lastIndex(where: { !isSpace($0) })
        else { return "" }
        return String(decoding: bytes[first...last], as: UTF8.self)
    }

    /// The moment at which a failed authentication is answered: a fixed time after the request began, or a multiple of
    /// it if the request had to wait for longer than half of one.
    ///
    /// It follows from when its secret began to be examined, and not from when that was done: the other half is there for
    /// a slow hash, so that what the examination cost cannot be read off. For one that took longer still, it is the first
    /// of these moments to come.
    func answerTime(every delay: Duration, examined: ContinuousClock.Instant) -> ContinuousClock.Instant {
        guard delay > .zero else { return receivedAt }
        let waited = Int((receivedAt.duration(to: examined) / delay + 0.5).rounded(.down))
        let passed = Int((receivedAt.duration(to: .now) / delay).rounded(.down))
        return receivedAt + delay * (max(waited, passed) + 1)
    }
}
