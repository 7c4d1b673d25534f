import Gateway
import GrantCore

extension EndpointRequest {
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
            contentType: request.parameters["CONTENT_TYPE"],
            authorization: request.parameters["HTTP_AUTHORIZATION"],
            body: body
        )
    }
}

extension GatewayRequest {
    /// The moment at which a failed authentication is answered: a fixed time after the request began, or where that has
    /// passed, a multiple of it, so that what the check cost can never be read off.
    func answerTime(every delay: Duration) -> ContinuousClock.Instant {
        guard delay > .zero else { return receivedAt }
        let elapsed = receivedAt.duration(to: .now)
        return receivedAt + delay * (Int((elapsed / delay).rounded(.down)) + 1)
    }
}
