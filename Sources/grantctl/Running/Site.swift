import Encoding
import FileStore
import GrantCore
import Linux
import RedisStore
import Settings
import SystemPackage

/// What a command works on: the state directory of this machine, and the engine if the settings name one.
struct Site {
    /// The state directory.
    let state: StateDirectory
    /// What is in the engine; nil if everything is in files.
    let engine: RedisStore?
    private let settings: Settings

    /// The site of the settings.
    ///
    /// - Parameter making: makes what is missing of the state directory. With an engine that is always done: the journal
    ///   is there.
    init(_ settings: Settings, making isMaking: Bool) throws {
        self.settings = settings
        let path = settings.state.string
        let engineSettings = try EngineSettings(settings)
        let isMade = isMaking || engineSettings != nil
        guard isMade || StateDirectory.exists(at: path) else { throw MissingState(path: path) }
        let state = try isMade ? StateDirectory(path: path) : StateDirectory(reading: path)
        self.state = state
        engine = try engineSettings.map { engineSettings in
            let engine = try Engine(engineSettings, journal: RevocationJournal(in: state), report: Self.tell)
            let files = FormerTokens(in: state, store: FileTokenStore(in: state, durability: .disk))
            return RedisStore(in: engine, durability: .disk, files: files)
        }
    }

    /// The clients.
    var clients: any ClientAdministration {
        guard let engine else { return FileClientAdministration(in: state, audit: audit) }
        return RedisClientAdministration(in: engine.engine, audit: audit, user: user)
    }

    /// The tokens.
    var tokens: any TokenStore { engine?.tokens ?? FileTokenStore(in: state, durability: .disk) }

    /// Says why a token is not found.
    var diagnosis: any TokenDiagnosis { engine?.tokens ?? FileTokenStore(in: state, durability: .disk) }

    /// Where tokens are, as people are told it.
    var place: String {
        engine == nil ? "the state directory \(settings.state.string)" : "the engine that GRANTD_STORE names"
    }

    /// The failed authentications of clients.
    var failures: any FailureAdministration { engine?.failures ?? FileFailureAdministration(in: state) }

    /// The public URL of the mount; nil if the settings have none.
    var issuer: String? { settings.issuer }

    /// How long tokens live whose client has no lifetime of its own, in seconds.
    var defaultTokenLifetime: Int { settings.tokenLifetime }

    /// For how many seconds a record of failures makes the next attempt wait from now on; nil for none.
    func wait(by record: FailureRecord, at now: Timestamp) -> Int? {
        guard settings.failureLimit > 0 else { return nil }
        return record.wait(limit: settings.failureLimit, window: settings.failureWindow, at: now)
    }

    /// The audit of what is done; nil if there is none.
    var audit: AuditTrail? {
        settings.audit.map { AuditTrail(at: $0.string, of: state, durability: .disk) }
    }

    /// What issued tokens are to survive.
    var durability: Durability { settings.durability == .disk ? .disk : .process }

    /// Who does it, by number.
    var user: UInt32 { state.tokens.fileSystem.effectiveUser }

    /// Whether tokens are good.
    var verifier: TokenVerifier {
        guard let engine else {
            let registry = FileClientRegistry(in: state) { report in
                guard case .unusableClient(let file, let reason) = report else { return }
                printToStandardError("grantctl: \(file) cannot be used: \(reason)".printable)
            }
            return TokenVerifier(registry: registry, tokens: tokens)
        }
        return TokenVerifier(registry: engine.registry, tokens: tokens)
    }

    /// When the client's secrets were last used, by their short names.
    func lastUses(of client: ClientID) async throws(StorageError) -> [String: Timestamp] {
        guard let engine else { return try SecretUses(in: state).lastUses(of: client) }
        return try await engine.uses.lastUses(of: client)
    }

    /// Forgets when a removed client's secrets were used. In the engine that ends by itself.
    func forgetUses(of client: ClientID) {
        if engine == nil { SecretUses(in: state).forget(client) }
    }

    /// Runs a command's work to its end.
    func run<Value>(_ work: () async throws -> Value) throws -> Value {
        try ThreadExecutor().run(serving: engine?.engine.loop, work)
    }

    private static func tell(_ report: EngineReport) {
        switch report {
        case .unconfirmed(let member):
            printToStandardError("grantctl: no replica of \(member) confirms; the change rests on it and the journal")
        case .evicting(let member, let policy):
            printToStandardError("grantctl: \(member) has maxmemory-policy \(policy), which may evict clients")
        case .unusableClient(let id, let reason):
            printToStandardError("grantctl: client \(id) cannot be used: \(reason)".printable)
        case .journalSent, .memberFailed, .countingFailed, .useNotRecorded: break
        }
    }
}
