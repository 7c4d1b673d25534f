import FileStore
import Gateway
import GrantCore
import Logging
import Settings
import SystemPackage

/// Everything that a worker needs to answer, put together from the settings.
struct Assembly {
    let handler: RequestHandler

    /// Opens the state and builds the endpoints over it.
    ///
    /// - Parameter hashes: where slow hashes are computed.
    init(_ settings: Settings, hashes: any HashQueue, logger: Logger) throws(StateError) {
        let log = RequestLog(logger)
        let state = try StateDirectory(path: settings.state.string)
        let registry = FileClientRegistry(in: state, report: log.stored)
        let tokens = FileTokenStore(in: state, durability: Durability(settings.durability), report: log.stored)
        let authenticator = ClientAuthenticator(
            registry: registry,
            secrets: SecretMatcher(passwordHash: Yescrypt()),
            limiter: FailureLimiter(
                counts: FileFailureCounts(in: state, report: log.stored),
                limit: settings.failureLimit,
                window: settings.failureWindow
            ),
            queue: hashes,
            observer: SecretUses(in: state, report: log.stored)
        )
        let verifier = TokenVerifier(registry: registry, tokens: tokens)
        let audit = RequestAudit(AuditTrail(settings, of: state), log: log, clock: { KernelFileSystem().now })
        handler = RequestHandler(
            endpoints: Endpoints(
                token: TokenEndpoint(
                    authenticator: authenticator,
                    tokens: tokens,
                    defaultLifetime: settings.tokenLifetime
                ),
                introspection: IntrospectionEndpoint(
                    authenticator: authenticator,
                    verifier: verifier,
                    issuer: settings.issuer
                ),
                revocation: RevocationEndpoint(authenticator: authenticator, tokens: tokens),
                bearer: BearerCheck(verifier: verifier),
                health: HealthCheck(registry: registry, tokens: tokens),
                metadata: settings.issuer.map(ServerMetadata.init)
            ),
            transport: TransportSecurity(settings.requireTLS),
            realm: settings.realm,
            bodyLimit: settings.bodyLimit,
            failureDelay: .milliseconds(settings.failureDelay),
            clock: { KernelFileSystem().now },
            log: log,
            audit: audit,
            journal: Journal([audit, log])
        )
    }
}

extension AuditTrail {
    /// The audit by the settings; nil if there is none.
    init?(_ settings: Settings, of state: StateDirectory) {
        guard let path = settings.audit else { return nil }
        self.init(at: path.string, of: state, durability: Durability(settings.durability))
    }
}

extension Durability {
    init(_ setting: Settings.Durability) {
        self =
            switch setting {
            case .process: .process
            case .disk: .disk
            }
    }
}
