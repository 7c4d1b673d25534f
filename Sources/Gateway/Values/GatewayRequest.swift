/// One request, whole.
package struct GatewayRequest: Sendable {
    /// The meta-variables (RFC 3875 §4.1), and what else the site passes.
    package let parameters: GatewayParameters
    /// What came with it.
    package let body: GatewayBody
    /// When its connection was accepted, or the CGI process began with it.
    package let receivedAt: ContinuousClock.Instant

    /// A request of these parts.
    package init(parameters: GatewayParameters, body: GatewayBody, receivedAt: ContinuousClock.Instant) {
        self.parameters = parameters
        self.body = body
        self.receivedAt = receivedAt
    }
}

/// The body of a request.
package enum GatewayBody: Sendable, Equatable {
    /// All of it, as many bytes as CONTENT_LENGTH says.
    case whole([UInt8])
    /// CONTENT_LENGTH is over the limit; the body was not kept.
    case tooLarge
}
