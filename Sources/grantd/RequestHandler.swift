import FileStore
import Gateway
import GrantCore
import Logging

/// The adapter: takes each request to its endpoint, and the answer or the refusal back.
struct RequestHandler: GatewayHandler {
    let tokenEndpoint: TokenEndpoint
    let realm: String
    let bodyLimit: Int
    let failureDelay: Duration
    let clock: () -> Timestamp
    let log: RequestLog

    func respond(to request: GatewayRequest) -> GatewayResponse {
        do throws(OAuthError) {
            return try answer(request)
        } catch {
            log.refused(request, error)
            var response = GatewayResponse(refusing: error, realm: realm)
            if error.isFailedAuthentication { response.heldUntil = request.answerTime(every: failureDelay) }
            return response
        }
    }

    private func answer(_ request: GatewayRequest) throws(OAuthError) -> GatewayResponse {
        switch request.parameters["PATH_INFO"] {
        case "/token":
            let response = try tokenEndpoint.respond(to: EndpointRequest(request, bodyLimit: bodyLimit), at: clock())
            log.issued(request, response)
            return GatewayResponse(status: 200, json: response.json)
        default:
            throw .notFound
        }
    }
}

extension EndpointRequest {
    /// What the endpoints read of a request, by the meta-variables' names (RFC 3875 §4.1).
    init(_ request: GatewayRequest, bodyLimit: Int) {
        self.init(
            method: request.parameters["REQUEST_METHOD"] ?? "",
            query: request.parameters["QUERY_STRING"],
            contentType: request.parameters["CONTENT_TYPE"],
            authorization: request.parameters["HTTP_AUTHORIZATION"],
            body: {
                switch request.body {
                case .whole(let bytes): .whole(bytes)
                case .tooLarge: .tooLarge(limit: bodyLimit)
                }
            }()
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

extension GatewayResponse {
    /// A JSON answer that nobody may keep (RFC 6749 §5.1).
    init(status: Int, json: String) {
        self.init(
            status: status,
            headers: [("Content-Type", "application/json"), ("Cache-Control", "no-store"), ("Pragma", "no-cache")],
            body: Array(json.utf8)
        )
    }
}

extension GatewayResponse {
    /// A refusal, with the headers that go with it.
    init(refusing error: OAuthError, realm: String) {
        self.init(status: error.status, json: error.json)
        if let challenge = error.challenge(realm: realm) { headers.append(("WWW-Authenticate", challenge)) }
        if let methods = error.allow { headers.append(("Allow", methods)) }
        if let seconds = error.retryAfter { headers.append(("Retry-After", "\(seconds)")) }
        if case .unavailable(.syncFailed) = error { endsWorker = true }
    }
}
