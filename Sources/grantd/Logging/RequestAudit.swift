import FileStore
import Gateway
import GrantCore

/// What the audit hears of requests: tokens that are issued and revoked, and what is refused. Where there is no audit it
/// costs nothing.
///
/// What gives access is withheld where its line cannot be written. What keeps somebody out is done all the same: a token
/// is revoked though the answer is 503, and a check that is denied is denied.
struct RequestAudit {
    private let trail: AuditTrail?
    private let log: RequestLog

    /// Writes to an audit, or to none.
    init(_ trail: AuditTrail?, log: RequestLog) {
        self.trail = trail
        self.log = log
    }

    /// A token was issued, and is not yet handed out.
    func issued(_ request: GatewayRequest, _ response: TokenResponse) throws(OAuthError) {
        guard let trail else { return }
        var event = AuditEvent(.issue, .success, from: request.origin, client: response.grant.clientID)
        event.token = response.token.fingerprint
        event.scope = response.grant.scope
        try append(event, to: trail)
    }

    /// A client gave a token back.
    func revoked(_ request: GatewayRequest, _ revocation: Revocation) throws(OAuthError) {
        guard let trail else { return }
        let outcome: AuditEvent.Outcome = revocation.wasLive ? .success : .refused
        var event = AuditEvent(.revocation, outcome, from: request.origin, client: revocation.client)
        event.token = revocation.token?.fingerprint
        if !revocation.wasLive { event.reason = "no such live token of the client" }
        try append(event, to: trail)
    }

    /// A request was refused.
    ///
    /// - Returns: what to answer: the refusal, or that the service is not able to, where there can be no line of it.
    func refused(_ request: GatewayRequest, _ error: OAuthError) -> OAuthError {
        guard let trail, request.isForCredentials else { return error }
        // That there is no audit has been told, and is not told to it.
        if case .unavailable(.unaudited) = error { return error }
        var event = AuditEvent(
            .denial,
            error.status == 503 ? .failed : .refused,
            from: request.origin,
            client: error.client
        )
        event.reason = error.reason
        do throws(StorageError) {
            try trail.append(event)
            return error
        } catch {
            log.unaudited(request, error)
            return .unavailable(error)
        }
    }

    /// A request to the site was denied.
    func denied(_ request: GatewayRequest, _ refusal: BearerRefusal) {
        guard let trail else { return }
        var event = AuditEvent(.denial, refusal.status == 503 ? .failed : .refused, from: request.origin, client: nil)
        event.reason = refusal.description
        if case .insufficientScope(_, let client) = refusal { event.client = client }
        do throws(StorageError) {
            try trail.append(event)
        } catch {
            log.unaudited(request, error)
        }
    }

    /// Makes sure that lines can be written, for the health check.
    func run() throws(HealthFailure) {
        do throws(StorageError) {
            try trail?.requireWritable()
        } catch {
            throw HealthFailure(reason: "the audit cannot be written", cause: error)
        }
    }

    private func append(_ event: AuditEvent, to trail: AuditTrail) throws(OAuthError) {
        do throws(StorageError) {
            try trail.append(event)
        } catch {
            throw .unavailable(error)
        }
    }
}

extension GatewayRequest {
    /// Where it came from, in the site's words.
    fileprivate var origin: AuditEvent.Origin {
        let path = parameters["PATH_INFO"] ?? ""
        return .request(
            endpoint: parameters["FCGI_ROLE"] == "AUTHORIZER" ? "authorizer" : path,
            address: parameters["REMOTE_ADDR"],
            id: parameters["REQUEST_ID"].flatMap { $0.isEmpty ? nil : $0 }
        )
    }

    /// Whether it is to an endpoint that takes credentials: the others refuse nothing to anybody in particular.
    fileprivate var isForCredentials: Bool {
        ["/token", "/introspect", "/revoke"].contains(parameters["PATH_INFO"])
    }
}
