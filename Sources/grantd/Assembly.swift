import Counters
import FileStore
import Gateway
import GrantCore
import Linux
import Logging
import Monitoring
import RedisStore
import Settings
import SystemPackage

/// Everything that a worker needs to answer, put together from the settings.
struct Assembly {
    let handler: RequestHandler
    /// What the handler waits for; nil if everything is in files.
    let source: (any EventSource)?
    private let engine: RedisStore?

    /// Opens the state and builds the endpoints over it.
    ///
    /// - Parameter background: where a worker computes slow hashes; nil for a process that answers one request, which
    ///   counts nothing.
    init(_ settings: Settings, background: BackgroundQueue?, logger: Logger) throws(ProgramFailure) {
        let log = RequestLog(logger)
        let state: StateDirectory
        do throws(StateError) { state = try StateDirectory(path: settings.state.string) } catch {
            throw ProgramFailure(.inputOutput, settings.adviceLines(after: [error.description]).joined(separator: "\n"))
        }
        let directory = settings.state.string
        let counters = background == nil ? nil : WorkerCounters(settings, log: log)
        engine = try RedisStore(settings, of: state, isWorker: background != nil, log: log)
        source = engine?.engine.loop
        let ports = if let engine { Ports(engine) } else { try Ports(filesOf: state, settings, log: log) }
        let registry = ports.registry
        let tokens = ports.tokens
        let authenticator = ClientAuthenticator(
            registry: registry,
            secrets: SecretMatcher(passwordHash: Yescrypt()),
            limiter: FailureLimiter(
                counts: ports.counts,
                limit: settings.failureLimit,
                window: settings.failureWindow
            ),
            queue: background.map { BackgroundHashQueue(queue: $0, counters: counters) } ?? ImmediateHashQueue(),
            observer: ports.uses,
            assertions: settings.issuer.map { AssertionRules(issuer: $0, used: ports.assertions) }
        )
        let keys = FileSigningKeys(in: state)
        if background != nil {
            // A process that answers one request reads them if it needs them.
            do throws(StorageError) { _ = try keys.current(at: KernelFileSystem().now) } catch {
                throw ProgramFailure(.inputOutput, "a signing key cannot be used: \(error)")
            }
        }
        let verifier = TokenVerifier(registry: registry, tokens: tokens)
        let audit = RequestAudit(
            AuditTrail(settings, of: state),
            log: log,
            clock: { KernelFileSystem().now },
            failed: { counters?.unaudited() }
        )
        let listeners: [any JournalListener] = [audit, log] + (counters.map { [RequestCounts(counters: $0)] } ?? [])
        let engine = engine?.engine
        engine?.observeAnswers { counters?.engineAnswered(after: $0) }
        handler = RequestHandler(
            endpoints: Endpoints(
                token: TokenEndpoint(
                    authenticator: authenticator,
                    tokens: tokens,
                    defaultLifetime: settings.tokenLifetime,
                    defaultFormat: AccessTokenFormat(settings.tokenFormat),
                    signed: settings.issuer.map { SignedTokens(issuer: $0, signer: keys) }
                ),
                introspection: IntrospectionEndpoint(
                    authenticator: authenticator,
                    verifier: verifier,
                    issuer: settings.issuer
                ),
                revocation: RevocationEndpoint(authenticator: authenticator, tokens: tokens),
                bearer: BearerCheck(verifier: verifier),
                health: HealthCheck(registry: self.engine == nil ? registry : nil, tokens: tokens),
                metadata: settings.issuer.map(ServerMetadata.init),
                keys: keys
            ),
            transport: TransportSecurity(settings.requireTLS),
            realm: settings.realm,
            bodyLimit: settings.bodyLimit,
            failureDelay: .milliseconds(settings.failureDelay),
            clock: { KernelFileSystem().now },
            log: log,
            audit: audit,
            journal: Journal(listeners, failed: { counters?.unaudited() }),
            counters: counters,
            monitoring: MonitoringEndpoints(
                read: Self.reader(settings, counters),
                countsClients: settings.metricsClients == .on,
                census: engine == nil ? SharedCensus(of: directory, in: background) : nil,
                registry: registry,
                counts: ports.counts,
                members: { engine?.memberStates.map(StatusDocument.Member.init) }
            )
        )
    }

    /// Reads the counts of a state directory; nil if the settings say that nothing is counted.
    private static func reader(
        _ settings: Settings,
        _ counters: WorkerCounters?
    ) -> ((Bool) throws(CountersFault) -> CounterReading)? {
        guard settings.metrics == .on else { return nil }
        let directory = settings.state.string
        return { (withHistory: Bool) throws(CountersFault) in
            if let counters { return try counters.reading(withHistory: withHistory) }
            return try CounterReading(in: directory, withHistory: withHistory)
        }
    }

    /// Looks whether the engine is set up as it has to be, if there is one.
    ///
    /// - Returns: why it does not answer now; nil if it does. A worker starts all the same.
    /// - Throws: if it is set up wrongly.
    func examineEngine() throws(ProgramFailure) -> String? {
        guard let engine else { return nil }
        let failure: EngineFailure? = ThreadExecutor().run(serving: source) {
            do throws(EngineFailure) {
                try await engine.requireUsable()
                return nil
            } catch {
                return error
            }
        }
        if case .misconfigured(let text)? = failure { throw ProgramFailure(.inputOutput, text) }
        return failure?.description
    }
}

/// What the endpoints keep things in.
private struct Ports {
    let registry: any ClientRegistry
    let tokens: any TokenStore
    let counts: any FailureCounts
    let uses: any SecretUseObserver
    let assertions: any UsedAssertions

    init(filesOf state: StateDirectory, _ settings: Settings, log: RequestLog) throws(ProgramFailure) {
        registry = FileClientRegistry(in: state, report: log.stored)
        tokens = FileTokenStore(in: state, durability: Durability(settings.durability), report: log.stored)
        counts = FileFailureCounts(in: state, report: log.stored)
        uses = SecretUses(in: state, report: log.stored)
        let durability = Durability(settings.durability)
        do throws(StateError) {
            assertions = try FileUsedAssertions(in: state, durability: durability, report: log.stored)
        } catch {
            throw ProgramFailure(.inputOutput, error.description)
        }
    }

    init(_ engine: RedisStore) {
        registry = engine.registry
        tokens = engine.tokens
        counts = engine.counts
        uses = engine.uses
        assertions = engine.assertions
    }
}

extension AuditTrail {
    /// The audit by the settings; nil if there is none.
    init?(_ settings: Settings, of state: StateDirectory) {
        guard let path = settings.audit else { return nil }
        self.init(at: path.string, of: state, durability: Durability(settings.durability))
    }
}

extension WorkerCounters {
    /// The counters by the settings; nil if nothing is counted.
    convenience init?(_ settings: Settings, log: RequestLog) {
        guard settings.metrics == .on else { return nil }
        self.init(
            in: settings.state.string,
            countsClients: settings.metricsClients == .on,
            report: log.counted
        )
    }
}

extension StatusDocument.Member {
    fileprivate init(_ member: EngineMemberState) {
        self.init(name: member.name, role: member.isPrimary ? "primary" : "replica", state: member.state.rawValue)
    }
}

extension AccessTokenFormat {
    init(_ setting: Settings.TokenFormat) {
        self =
            switch setting {
            case .opaque: .opaque
            case .jwt: .jwt
            }
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
