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
    let audit: RequestAudit

    /// Answers a request, for a gateway that has nobody else to serve.
    func respond(to request: GatewayRequest) -> GatewayResponse {
        switch reply(to: request) {
        case .response(let response):
            return response
        case .turn(let turn):
            turn.work?()
            return turn.finish()
        }
    }

    func reply(to request: GatewayRequest) -> GatewayReply {
        if request.parameters["FCGI_ROLE"] == "AUTHORIZER" { return .response(authorize(request)) }
        let path = request.parameters["PATH_INFO"]
        if path == "/check" { return .response(check(request)) }
        do throws(OAuthError) {
            switch try answer(request, to: path) {
            case .answer(let response): return .response(response)
            case .undecided(let undecided): return .turn(turn(for: request, undecided))
            }
        } catch {
            return .response(refuse(request, error, examined: .now))
        }
    }

    /// What it takes to decide a request, which begins to be examined now.
    private func turn(for request: GatewayRequest, _ undecided: UndecidedReply<GatewayResponse>) -> SlowTurn {
        let examined = ContinuousClock.now
        let comparison = undecided.comparison
        let work: @Sendable () -> Void = { comparison.run() }
        return SlowTurn(
            work: comparison.isEmpty ? nil : work,
            finish: { decide(request, undecided, examined: examined) },
            refuse: { refuse(request, .tooBusy(undecided.claimed), examined: .now) }
        )
    }

    private func decide(
        _ request: GatewayRequest,
        _ undecided: UndecidedReply<GatewayResponse>,
        examined: ContinuousClock.Instant
    ) -> GatewayResponse {
        do throws(OAuthError) {
            return try undecided.decide(clock())
        } catch {
            return refuse(request, error, examined: examined)
        }
    }

    private func refuse(
        _ request: GatewayRequest,
        _ error: OAuthError,
        examined: ContinuousClock.Instant
    ) -> GatewayResponse {
        log.refused(request, error)
        let error = audit.refused(request, error)
        var response = GatewayResponse(refusing: error, realm: realm)
        if error.isFailedAuthentication {
            response.heldUntil = request.answerTime(every: failureDelay, examined: examined)
        }
        return response
    }

    private func answer(
        _ request: GatewayRequest,
        to path: String?
    ) throws(OAuthError) -> EndpointReply<GatewayResponse> {
        switch path {
        case "/token":
            switch try endpoints.token.reply(to: secured(request), at: clock()) {
            case .answer(let response):
                return try .answer(issued(request, response))
            case .undecided(let undecided):
                return .undecided(undecided.map { response, _ throws(OAuthError) in try issued(request, response) })
            }
        case "/introspect":
            switch try endpoints.introspection.reply(to: secured(request), at: clock()) {
            case .answer(let response): return .answer(introspected(request, response))
            case .undecided(let undecided):
                return .undecided(undecided.map { response, _ in introspected(request, response) })
            }
        case "/revoke":
            switch try endpoints.revocation.reply(to: secured(request), at: clock()) {
            case .answer(let revocation):
                return try .answer(revoked(request, revocation))
            case .undecided(let undecided):
                return .undecided(
                    undecided.map { revocation, _ throws(OAuthError) in try revoked(request, revocation) }
                )
            }
        case "/metadata":
            return .answer(GatewayResponse(status: 200, json: try metadata(request).json))
        case "/health":
            return .answer(try health(request))
        default:
            throw .notFound
        }
    }

    private func issued(_ request: GatewayRequest, _ response: TokenResponse) throws(OAuthError) -> GatewayResponse {
        try audit.issued(request, response)
        log.issued(request, response)
        return GatewayResponse(status: 200, json: response.json)
    }

    private func introspected(_ request: GatewayRequest, _ response: IntrospectionResponse) -> GatewayResponse {
        log.introspected(request, response)
        return GatewayResponse(status: 200, json: response.json)
    }

    private func revoked(_ request: GatewayRequest, _ revocation: Revocation) throws(OAuthError) -> GatewayResponse {
        log.revoked(request, by: revocation.client, wasLive: revocation.wasLive)
        try audit.revoked(request, revocation)
        return GatewayResponse(status: 200, json: "{}")
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
            try audit.run()
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
    ///
    /// Web servers set `OAUTH_REQUIRE_SCOPE` by means apart from the one by which they ask, and either may get lost in a
    /// configuration. So it is to be there, be it empty.
    private func authorize(_ request: GatewayRequest) -> GatewayResponse {
        do throws(BearerRefusal) {
            return GatewayResponse(authorizing: try verify(request, mustSayScope: true))
        } catch {
            return GatewayResponse(forbidding: error, realm: realm)
        }
    }

    /// What a request to the site stands for, by the token in it and the scope that the site's configuration asks for.
    private func verify(_ request: GatewayRequest, mustSayScope: Bool = false) throws(BearerRefusal) -> TokenRecord {
        do throws(BearerRefusal) {
            if mustSayScope && request.requiredScope == nil { throw .missingRequirement }
            guard transport.allows(request) else { throw .insecureTransport }
            return try endpoints.bearer.verify(
                authorization: request.parameters["HTTP_AUTHORIZATION"],
                requiredScope: request.requiredScope,
                at: clock()
            )
        } catch {
            log.denied(request, error)
            audit.denied(request, error)
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
