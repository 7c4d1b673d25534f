/// What an endpoint reads of an HTTP request.
package struct EndpointRequest: Sendable {
    /// The method, such as `POST`.
    package var method: String
    /// The query of the URI; nothing in it is ever used.
    package var query: String?
    /// The Content-Type header.
    package var contentType: String?
    /// The Content-Encoding header.
    package var contentEncoding: String?
    /// The Authorization header; an empty one is none, since servers hand a header that was not sent on as empty.
    package var authorization: String?
    /// The body.
    package var body: Body
    /// Where it comes from.
    package var origin: Origin

    /// A body, or what is known of one that was not read.
    package enum Body: Sendable {
        /// All of it.
        case whole([UInt8])
        /// It is longer than so many bytes.
        case tooLarge(limit: Int)
    }

    /// Describes a request.
    package init(
        method: String,
        query: String? = nil,
        contentType: String?,
        contentEncoding: String? = nil,
        authorization: String?,
        body: Body,
        origin: Origin = .unknown
    ) {
        self.method = method
        self.query = query
        self.contentType = contentType
        self.contentEncoding = contentEncoding
        self.authorization = authorization
        self.body = body
        self.origin = origin
    }
}
