import Gateway
import GrantCore

/// The adapter: takes each request to its endpoint, and the answer or the refusal back.
struct RequestHandler: GatewayHandler {
    let endpoints: Endpoints
    let transport: TransportSecurity
    let realm: String
    let bodyLimit: Int
    let failureDelay: Duration
    let clock: () -> Timestamp
    let log: RequestLog

    func respond(to request: GatewayRequest) -> GatewayResponse {
        if request.parameters["FCGI_ROLE"] == "AUTHORIZER" { return authorize(request) }
        if request.parameters["PATH_INFO"] == "/check" { return check(request) }
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
            let response = try endpoints.token.respond(to: secured(request), at: clock())
            log.issued(request, response)
            return GatewayResponse(status: 200, json: response.json)
        case "/introspect":
            let response = try endpoints.introspection.respond(to: secured(request), at: clock())
            log.introspected(request, response)
            return GatewayResponse(status: 200, json: response.json)
        case "/revoke":
            let (client, wasLive) = try endpoints.revocation.respond(to: secured(request), at: clock())
            log.revoked(request, by: client, wasLive: wasLive)
            return GatewayResponse(status: 200, json: "{}")
        case "/metadata":
            return GatewayResponse(status: 200, json: try metadata(request).json)
        case "/health":
            return try health(request)
        default:
            throw .notFound
        }
    }

    /// What an endpoint that takes credentials reads of a request, once it is known that they may come this way.
    private func secured(_ request: GatewayRequest) throws(OAuthError) -> EndpointRequest {
        guard transport.allows(request) else { throw .insecureTransport }
        return EndpointRequest(request, bodyLimit: bodyLimit)
    }

    private func metadata(_ request: GatewayRequest) throws(OAuthError) -> ServerMetadata {
        try requireGET(request)
        guard let metadata = endpoints.metadata else {
            log.metadataWithoutIssuer(request)
            throw .notFound
        }
        return metadata
    }

    private func health(_ request: GatewayRequest) throws(OAuthError) -> GatewayResponse {
        try requireGET(request)
        do throws(HealthFailure) {
            try endpoints.health.run(at: clock())
            return GatewayResponse(status: 200, json: #"{"status":"ok"}"#)
        } catch {
            let refusal = OAuthError.unavailable(error.cause)
            log.refused(request, refusal)
            var response = GatewayResponse(refusing: refusal, realm: realm)
            response.body = Array(error.json.utf8)
            return response
        }
    }

    private func requireGET(_ request: GatewayRequest) throws(OAuthError) {
        let method = request.parameters["REQUEST_METHOD"]
        guard method == "GET" || method == "HEAD" else { throw .methodNotAllowed(allow: "GET, HEAD") }
    }

    /// The answer to nginx's `auth_request`.
    private func check(_ request: GatewayRequest) -> GatewayResponse {
        do throws(BearerRefusal) {
            return GatewayResponse(allowing: try verify(request))
        } catch {
            return GatewayResponse(denying: error, realm: realm)
        }
    }

    /// The answer of a FastCGI Authorizer (FastCGI specification §6.3).
    private func authorize(_ request: GatewayRequest) -> GatewayResponse {
        do throws(BearerRefusal) {
            return GatewayResponse(authorizing: try verify(request))
        } catch {
            return GatewayResponse(denying: error, realm: realm)
        }
    }

    /// What a request to the site stands for, by the token in it and the scope that the site's configuration asks for.
    private func verify(_ request: GatewayRequest) throws(BearerRefusal) -> TokenRecord {
        do throws(BearerRefusal) {
            guard transport.allows(request) else { throw .insecureTransport }
            return try endpoints.bearer.verify(
                authorization: request.parameters["HTTP_AUTHORIZATION"],
                requiredScope: request.requiredScope,
                at: clock()
            )
        } catch {
            log.denied(request, error)
            throw error
        }
    }
}

extension GatewayRequest {
    /// The scope that the site's configuration asks for. One that is not UTF-8 is malformed, and not absent: nobody passes.
    fileprivate var requiredScope: String? {
        parameters.bytes(of: "OAUTH_REQUIRE_SCOPE").map { String(decoding: $0, as: UTF8.self) }
    }
}

/// Everything that a request can be taken to.
struct Endpoints {
    let token: TokenEndpoint
    let introspection: IntrospectionEndpoint
    let revocation: RevocationEndpoint
    let bearer: BearerCheck
    let health: HealthCheck
    /// Nil where the site has not said its issuer.
    let metadata: ServerMetadata?
}
