import Counters
import FileStore
import Gateway
import GrantCore
import Linux
import Settings

@testable import grantd

/// A handler over doubles, with the client `web-app` (secret `client-secret`) and its one token `live`.
struct HandlerFixture {
    let clients = KnownClients()
    let tokens: OneToken
    let lines = LogLines()
    let handler: RequestHandler

    init(
        id: String = "web-app",
        scope: String = "read write",
        requireTLS: Settings.TLSRequirement = .external,
        issuer: String? = nil,
        audit: AuditTrail? = nil,
        failureDelay: Duration = .milliseconds(100),
        counters: WorkerCounters? = nil
    ) {
        guard let id = ClientID(id), let secret = ClientSecret("client-secret"), let scope = Scope(scope) else {
            preconditionFailure("these are an id, a secret and a scope")
        }
        var client = Client(id: id)
        client.secrets = [StoredSecret(hash: SecretHash(ofGenerated: secret), createdAt: nil)]
        clients.clients = [client]
        let now = Timestamp(seconds: 1_800_000_000)
        tokens = OneToken(of: id, scope: scope, issuedAt: now)
        let authenticator = ClientAuthenticator(
            registry: clients,
            secrets: SecretMatcher(passwordHash: NoPasswordHash()),
            limiter: FailureLimiter(counts: NoCounts(), limit: 0, window: 60),
            assertions: issuer.map { AssertionRules(issuer: $0, used: UsedOnce()) }
        )
        let verifier = TokenVerifier(registry: clients, tokens: tokens)
        let log = RequestLog(lines.logger)
        let audit = RequestAudit(audit, log: log, clock: { now })
        handler = RequestHandler(
            endpoints: Endpoints(
                token: TokenEndpoint(authenticator: authenticator, tokens: tokens, defaultLifetime: 3600),
                introspection: IntrospectionEndpoint(authenticator: authenticator, verifier: verifier, issuer: issuer),
                revocation: RevocationEndpoint(authenticator: authenticator, tokens: tokens),
                bearer: BearerCheck(verifier: verifier),
                health: HealthCheck(registry: clients, tokens: tokens),
                metadata: issuer.map(ServerMetadata.init),
                keys: NoKeys()
            ),
            transport: TransportSecurity(requireTLS),
            realm: "site",
            bodyLimit: 16384,
            failureDelay: failureDelay,
            clock: { now },
            log: log,
            audit: audit,
            journal: Journal([audit, log] + (counters.map { [RequestCounts(counters: $0)] } ?? [])),
            counters: counters,
            monitoring: MonitoringEndpoints(
                read: nil,
                countsClients: false,
                census: nil,
                registry: clients,
                counts: NoCounts(),
                members: { nil }
            )
        )
    }

    /// The answer to a request from this machine, if it does not say otherwise.
    func respond(_ parameters: [(String, String)], body: GatewayBody = .whole([])) -> GatewayResponse {
        let request = GatewayRequest(
            parameters: GatewayParameters(parameters + [("REMOTE_ADDR", "127.0.0.1")]),
            body: body,
            receivedAt: .now
        )
        return ThreadExecutor().run { await handler.respond(to: request) }
    }

    /// The answer to a form with the client's credentials.
    func post(_ path: String, _ form: String, secret: String = "client-secret") -> GatewayResponse {
        respond(
            [
                ("PATH_INFO", path), ("REQUEST_METHOD", "POST"),
                ("CONTENT_TYPE", "application/x-www-form-urlencoded"),
            ],
            body: .whole(Array("client_id=web-app&client_secret=\(secret)&\(form)".utf8))
        )
    }
}

extension GatewayResponse {
    /// The value of a header; nil if it is absent, or there more than once.
    func header(_ name: String) -> String? {
        let values = headers.filter { $0.name == name }.map(\.value)
        return values.count == 1 ? values[0] : nil
    }

    /// The body as text.
    var text: String { String(decoding: body, as: UTF8.self) }
}
