import GrantCore

/// Until when the engine may hold tokens that a machine had issued from its files, by the key `i`: microseconds since 1970.
///
/// Their tags cannot be verified on other machines. So until then a token that looks like one is looked up, and nobody
/// else's garbage costs the engine anything.
final class ImportedTokens {
    private static let name = "i"
    private static let slot = HashSlot.of(name.utf8)
    /// For how many seconds an answer holds.
    private static let trust: Int64 = 10

    private let engine: Engine
    private var known: (until: Timestamp, askedAt: Timestamp)?

    init(in engine: Engine) {
        self.engine = engine
    }

    /// Whether there may be such tokens.
    func mayHold(at now: Timestamp) async throws(EngineFailure) -> Bool {
        if let known, known.askedAt <= now, now < known.askedAt.adding(seconds: Self.trust) { return now < known.until }
        let until = try await read()
        known = (until, now)
        return now < until
    }

    /// Takes note of tokens that are brought in.
    ///
    /// - Parameter end: when the last of them expires.
    func note(until end: Timestamp) async throws(EngineFailure) {
        guard try await read() < end else { return }
        _ = try await engine.perform(RedisCommands("SET", Self.name, "\(end.microseconds)"), at: Self.slot)
    }

    private func read() async throws(EngineFailure) -> Timestamp {
        let reply = try await engine.perform(RedisCommands("GET", Self.name), at: Self.slot)[0]
        return Timestamp(microseconds: reply.string.flatMap { Int64($0) } ?? 0)
    }
}
