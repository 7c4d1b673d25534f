import FileStore
import Gateway
import GrantCore

/// What the audit hears of requests: tokens that are issued and revoked, and what is refused. Without an audit it
/// costs nothing.
///
/// What gives access is withheld if its line cannot be written. What takes access away is done all the same: a token
/// is revoked though the answer is 503, and a check that is denied is denied.
///
/// Denials that name no client, or are too many, share a line a minute (``DenialTally``).
struct RequestAudit: JournalListener {
    private let trail: AuditTrail?
    private let log: RequestLog
    private let clock: () -> Timestamp
    private let tally = DenialTally()
    private let failed: () -> Void

    /// Writes to an audit, or to none.
    ///
    /// - Parameter failed: is called when a line could not be written of which no caller hears.
    init(
        _ trail: AuditTrail?,
        log: RequestLog,
        clock: @escaping () -> Timestamp,
        failed: @escaping () -> Void = {}
    ) {
        self.trail = trail
        self.log = log
        self.clock = clock
        self.failed = failed
    }

    /// Writes what has been counted and not written, at the end of a worker.
    func finish() {
        if let trail, let count = tally.takeAll() { write(count, to: trail) }
    }

    func note(_ event: JournalEvent, of request: GatewayRequest) throws(StorageError) {
        guard let trail else { return }
        switch event {
        case .issued(let response): try issued(request, response, trail)
        case .revoked(let revocation): try revoked(request, revocation, trail)
        case .refused(let error): try refused(request, error, trail)
        case .denied(let refusal): denied(request, refusal, trail)
        case .introspected: break
        }
    }

    private func issued(
        _ request: GatewayRequest,
        _ response: TokenResponse,
        _ trail: AuditTrail
    ) throws(StorageError) {
        var event = AuditEvent(.issue, .success, from: request.origin, client: response.grant.clientID)
        event.token = response.token.fingerprint
        event.scope = response.grant.scope
        try trail.append(event)
    }

    private func revoked(
        _ request: GatewayRequest,
        _ revocation: Revocation,
        _ trail: AuditTrail
    ) throws(StorageError) {
        let outcome: AuditEvent.Outcome = revocation.wasLive ? .success : .refused
        var event = AuditEvent(.revocation, outcome, from: request.origin, client: revocation.client)
        event.token = revocation.token?.fingerprint
        if !revocation.wasLive { event.reason = "no such live token of the client" }
        try trail.append(event)
    }

    /// A refusal without a line is answered 503: while none can be written, the answer must not say whether the secret was
    /// right.
    private func refused(_ request: GatewayRequest, _ error: OAuthError, _ trail: AuditTrail) throws(StorageError) {
        guard request.isForCredentials else { return }
        let now = clock()
        if let count = tally.takeDue(at: now) { write(count, to: trail) }
        // A missing audit was reported already, and has no audit to go to.
        if case .unavailable(.unaudited) = error { return }
        do throws(StorageError) {
            guard tally.hasLine(isOwn: error.client != nil || error.status == 503, at: now) else {
                if error.isFailedAuthentication { try trail.requireWritable() }
                return
            }
            var event = AuditEvent(
                .denial,
                error.status == 503 ? .failed : .refused,
                from: request.origin,
                client: error.client
            )
            event.reason = error.reason
            try trail.append(event)
        } catch {
            log.unaudited(request, error)
            throw error
        }
    }

    private func denied(_ request: GatewayRequest, _ refusal: BearerRefusal, _ trail: AuditTrail) {
        let now = clock()
        if let count = tally.takeDue(at: now) { write(count, to: trail) }
        guard tally.hasLine(isOwn: refusal.client != nil || refusal.status == 503, at: now) else { return }
        var event = AuditEvent(.denial, refusal.status == 503 ? .failed : .refused, from: request.origin, client: nil)
        event.reason = refusal.description
        event.client = refusal.client
        do throws(StorageError) {
            try trail.append(event)
        } catch {
            failed()
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

    private func write(_ count: Int, to trail: AuditTrail) {
        var event = AuditEvent(.denials, .refused, from: .requests, client: nil)
        event.count = count
        event.reason = "no client was named, or there were too many for a line each"
        do throws(StorageError) {
            try trail.append(event)
        } catch {
            failed()
            log.uncounted(count, error)
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

    /// Whether its endpoint takes credentials. The others refuse nothing to a particular client.
    fileprivate var isForCredentials: Bool {
        ["/token", "/introspect", "/revoke"].contains(parameters["PATH_INFO"])
    }
}
