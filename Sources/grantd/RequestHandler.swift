import Counters
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
    let journal: Journal
    /// What is counted; nil if nothing is.
    let counters: WorkerCounters?
    let monitoring: MonitoringEndpoints
    let proxyNotice = ProxyNotice()

    func respond(to request: GatewayRequest) async -> GatewayResponse {
        let endpoint = CountedEndpoint(of: request)
        let response: GatewayResponse
        switch endpoint {
        case .authorizer: response = await authorize(request)
        case .check: response = await check(request)
        default:
            var examination = Examination(clock: clock)
            do throws(OAuthError) {
                response = try await answer(request, to: endpoint, in: &examination)
            } catch {
                response = refuse(request, error, examined: examination.began ?? .now)
            }
        }
        if let counters {
            counters.answered(endpoint, status: response.status, received: request.receivedAt, at: .now)
        }
        return response
    }

    private func refuse(
        _ request: GatewayRequest,
        _ error: OAuthError,
        examined: ContinuousClock.Instant
    ) -> GatewayResponse {
        // The peer has gone, and nothing was done.
        if error == .abandoned { return GatewayResponse(refusing: error, realm: realm) }
        let error = journal.note(.refused(error), of: request).map(OAuthError.unavailable) ?? error
        var response = GatewayResponse(refusing: error, realm: realm)
        if error.isFailedAuthentication {
            response.heldUntil = request.answerTime(every: failureDelay, examined: examined)
        }
        return response
    }

    private func answer(
        _ request: GatewayRequest,
        to endpoint: CountedEndpoint,
        in examination: inout Examination
    ) async throws(OAuthError) -> GatewayResponse {
        switch endpoint {
        case .token:
            return try issued(request, await endpoints.token.respond(to: secured(request), in: &examination))
        case .introspect:
            return introspected(
                request,
                try await endpoints.introspection.respond(to: secured(request), in: &examination)
            )
        case .revoke:
            return try revoked(request, await endpoints.revocation.respond(to: secured(request), in: &examination))
        case .metadata:
            return GatewayResponse(
                status: 200,
                json: try metadata(request).json(hasKeys: endpoints.keys.hasAny(at: clock()))
            )
        case .jwks:
            return try keys(request)
        case .health:
            return try await health(request)
        case .metrics:
            try requireGET(request)
            return try await monitoring.metrics(request, failure: { await failure(at: clock()) }, at: clock())
        case .status:
            try requireGET(request)
            return try await monitoring.status(request, failure: { await failure(at: clock()) }, at: clock())
        case .check, .authorizer, .other:
            if request.parameters["PATH_INFO"]?.isEmpty ?? true { log.withoutPath(request) }
            throw .notFound
        }
    }

    private func issued(_ request: GatewayRequest, _ response: TokenResponse) throws(OAuthError) -> GatewayResponse {
        if let failure = journal.note(.issued(response), of: request) { throw .unavailable(failure) }
        return GatewayResponse(status: 200, json: response.json)
    }

    private func introspected(_ request: GatewayRequest, _ response: IntrospectionResponse) -> GatewayResponse {
        journal.note(.introspected(response), of: request)
        return GatewayResponse(status: 200, json: response.json)
    }

    private func revoked(_ request: GatewayRequest, _ revocation: Revocation) throws(OAuthError) -> GatewayResponse {
        if let failure = journal.note(.revoked(revocation), of: request) { throw .unavailable(failure) }
        var response = GatewayResponse(status: 200, json: "{}")
        // After the answer that a token is revoked, no check may let it pass.
        if revocation.outcome == .unsettled { response.heldUntil = .now + RevocationOutcome.settlingTime }
        return response
    }

    /// What an endpoint that takes credentials reads of a request, once it is known that they may come this way.
    private func secured(_ request: GatewayRequest) throws(OAuthError) -> EndpointRequest {
        guard allows(request) else { throw .insecureTransport }
        return EndpointRequest(request, bodyLimit: bodyLimit)
    }

    private func allows(_ request: GatewayRequest) -> Bool {
        if transport.allows(request) { return true }
        if request.isForwarded && proxyNotice.isDue(at: clock()) { log.forwardedInClear(request) }
        return false
    }

    private func metadata(_ request: GatewayRequest) throws(OAuthError) -> ServerMetadata {
        try requireGET(request)
        guard let metadata = endpoints.metadata else {
            log.metadataWithoutIssuer(request)
            throw .notFound
        }
        return metadata
    }

    /// The public keys of signed tokens (RFC 7517 §5). Unlike all else it may be kept for as long as a new key waits.
    private func keys(_ request: GatewayRequest) throws(OAuthError) -> GatewayResponse {
        try requireGET(request)
        do throws(StorageError) {
            return GatewayResponse(keys: try endpoints.keys.published(at: clock()))
        } catch {
            throw .unavailable(error)
        }
    }

    private func health(_ request: GatewayRequest) async throws(OAuthError) -> GatewayResponse {
        try requireGET(request)
        guard let failure = await failure(at: clock()) else {
            return GatewayResponse(status: 200, json: #"{"status":"ok"}"#)
        }
        let refusal = OAuthError.unavailable(failure.cause)
        log.note(.refused(refusal), of: request)
        var response = GatewayResponse(refusing: refusal, realm: realm)
        response.body = Array(failure.json.utf8)
        return response
    }

    /// Why no token can be granted now; nil if one can.
    private func failure(at now: Timestamp) async -> HealthFailure? {
        do throws(HealthFailure) {
            try await endpoints.health.run(at: now)
            try audit.run()
            return nil
        } catch {
            return error
        }
    }

    private func requireGET(_ request: GatewayRequest) throws(OAuthError) {
        let method = request.parameters["REQUEST_METHOD"]
        guard method == "GET" || method == "HEAD" else { throw .methodNotAllowed(allow: "GET, HEAD") }
    }

    /// The answer to nginx's `auth_request`, and to other proxies that ask over HTTP. Most of those hand a denial on to the
    /// caller as it is, so it has a body.
    private func check(_ request: GatewayRequest) async -> GatewayResponse {
        do throws(BearerRefusal) {
            let record = try await verify(request, request.checkRequirement())
            counters?.checked(.allowed)
            return GatewayResponse(allowing: record)
        } catch {
            journal.note(.denied(error), of: request)
            return GatewayResponse(denying: error, realm: realm, hasBody: !request.hasRequirement)
        }
    }

    /// The answer of a FastCGI Authorizer (FastCGI specification §6.3).
    ///
    /// Web servers set `OAUTH_REQUIRE_SCOPE` by means apart from the one by which they ask, and either may get lost in a
    /// configuration. So it is to be there, be it empty.
    private func authorize(_ request: GatewayRequest) async -> GatewayResponse {
        do throws(BearerRefusal) {
            guard let scope = request.requiredScope else { throw .missingRequirement }
            let requirement = CheckRequirement(scope: scope, audience: request.requiredAudience)
            let record = try await verify(request, requirement)
            counters?.checked(.allowed)
            return GatewayResponse(authorizing: record)
        } catch {
            journal.note(.denied(error), of: request)
            return GatewayResponse(forbidding: error, realm: realm)
        }
    }

    /// What a request to the site stands for, by the token in it and what the site's configuration asks for.
    private func verify(
        _ request: GatewayRequest,
        _ requirement: CheckRequirement
    ) async throws(BearerRefusal) -> TokenRecord {
        guard allows(request) else { throw .insecureTransport }
        return try await endpoints.bearer.verify(
            authorization: request.authorization,
            requirement: requirement,
            at: clock()
        )
    }
}

extension CountedEndpoint {
    /// The endpoint of a request.
    init(of request: GatewayRequest) {
        self =
            request.parameters["FCGI_ROLE"] == "AUTHORIZER" ? .authorizer : Self(path: request.parameters["PATH_INFO"])
    }
}

/// Everything that a request can be taken to.
struct Endpoints {
    let token: TokenEndpoint
    let introspection: IntrospectionEndpoint
    let revocation: RevocationEndpoint
    let bearer: BearerCheck
    let health: HealthCheck
    /// Nil if the site has not said its issuer.
    let metadata: ServerMetadata?
    let keys: any TokenSigner
}
