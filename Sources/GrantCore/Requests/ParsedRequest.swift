/// A POST with parameters and client authentication, as every endpoint for clients takes it.
struct ParsedRequest {
    /// The parameters that the endpoint knows.
    let parameters: RequestParameters
    /// Who it says it is.
    let credentials: PresentedCredentials
    /// Where it comes from.
    let origin: Origin

    /// Parses a request.
    ///
    /// - Parameter known: the parameters that the endpoint knows, those by which clients authenticate among them.
    /// - Throws: what RFC 6749 §3.2 and §5.2 say of requests that are malformed.
    init(_ request: EndpointRequest, parameters known: [Parameter]) throws(OAuthError) {
        origin = request.origin
        guard request.method == "POST" else { throw .methodNotAllowed(allow: "POST") }
        try Self.refuseQuery(request.query, known: known)
        if let encoding = request.contentEncoding, !encoding.isEmpty, encoding.lowercased() != "identity" {
            throw .unsupportedContentEncoding(encoding)
        }
        let mediaType = request.contentType.flatMap(MediaType.init(contentType:))
        switch (request.body, mediaType) {
        case (.whole(let bytes), nil):
            let body = RequestBody(bytes)
            throw .unsupportedMediaType(request.contentType, looksLikeJSON: body.looksLikeJSON)
        case (.tooLarge, nil):
            throw .unsupportedMediaType(request.contentType, looksLikeJSON: false)
        case (.tooLarge(let limit), _?):
            throw .bodyTooLarge(limit: limit)
        case (.whole(let bytes), let type?):
            parameters = try RequestBody(bytes).parameters(type, known: known)
        }
        credentials = try PresentedCredentials(
            authorization: request.authorization.flatMap { $0.isEmpty ? nil : $0 },
            parameters: parameters
        )
    }

    /// The token that the request is about, at the endpoints that are asked about one.
    var token: String {
        get throws(OAuthError) {
            guard let token = parameters[.token] else { throw .invalidRequest("token is missing") }
            return token
        }
    }

    /// Parameters in the URI end up in logs: they are refused, so that no client relies on them (RFC 6749 §2.3.1).
    private static func refuseQuery(_ query: String?, known: [Parameter]) throws(OAuthError) {
        guard let query, !query.isEmpty else { return }
        for field in query.utf8.split(separator: UInt8(ascii: "&")) {
            let name = field.prefix { $0 != UInt8(ascii: "=") }
            guard let name = FormParameters.decode(name.span), let parameter = Parameter(rawValue: name) else {
                continue
            }
            if known.contains(parameter) { throw .invalidRequest("\(name) is in the URI: send it in the body") }
        }
    }
}
