package import FileStore
import GrantCore

/// All that is kept in an engine, over one set of connections.
package struct RedisStore {
    /// The engine.
    package let engine: Engine
    /// The tokens.
    package let tokens: RedisTokenStore
    /// The clients.
    package let registry: RedisClientRegistry
    /// The failed authentications.
    package let counts: RedisFailureCounts
    /// The same for administrators.
    package let failures: RedisFailureAdministration
    /// The used assertions.
    package let assertions: RedisUsedAssertions
    /// The last uses of secrets.
    package let uses: RedisSecretUses
    /// What issued tokens survive.
    package let durability: Durability
    private let key: EngineKey

    /// What is in an engine.
    ///
    /// - Parameters:
    ///   - durability: with `disk`, a token is answered when a replica has it.
    ///   - files: the tokens that this machine issued before it went over to the engine.
    ///   - clock: whose clock times the counts of failures.
    ///   - readsAhead: whether the registry's versions are read before requests meet them; a worker gains by it.
    package init(
        in engine: Engine,
        durability: Durability,
        files: FormerTokens? = nil,
        clock: RedisFailureCounts.Clock = .engine,
        readsAhead: Bool = false
    ) {
        let versions = ClientVersions()
        if readsAhead {
            let reading = VersionReading(from: engine, into: versions)
            versions.onChange = { reading.begin() }
        }
        engine.onTakeover = { versions.forget() }
        key = EngineKey(of: engine)
        self.engine = engine
        self.durability = durability
        tokens = RedisTokenStore(in: engine, key: key, versions: versions, durability: durability, files: files)
        registry = RedisClientRegistry(in: engine, versions: versions)
        counts = RedisFailureCounts(in: engine, key: key, clock: clock)
        failures = RedisFailureAdministration(in: engine, key: key, clock: clock)
        assertions = RedisUsedAssertions(in: engine, durability: durability)
        uses = RedisSecretUses(in: engine)
    }

    /// Makes sure that the engine answers and is set up, which every primary has to be.
    package func requireUsable() async throws(EngineFailure) {
        _ = try await key.value()
        for member in try await engine.primaries() { try await member.prepare() }
    }
}
