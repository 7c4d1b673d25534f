package import GrantCore

/// Shows and clears the failed authentications that are counted in the engine; all machines see it at the next attempt.
///
/// It takes an administrator's user: the client's keys are found by `SCAN` at the member that has them.
package struct RedisFailureAdministration: FailureAdministration {
    private let engine: Engine
    private let key: EngineKey
    private let clock: RedisFailureCounts.Clock

    /// How many keys one question is about.
    private static let pageSize = 500

    init(in engine: Engine, key: EngineKey, clock: RedisFailureCounts.Clock) {
        self.engine = engine
        self.key = key
        self.clock = clock
    }

    package func failures(of id: ClientID, at now: Timestamp) async throws(StorageError) -> [CountedFailures] {
        try await StorageError.asking { () async throws(EngineFailure) in
            let tag = ClientKey(id).tag
            let names = FailureName(try await key.value())
            let start = tag.key("f").count
            let time = [UInt8](clock == .caller ? "\(now.microseconds)" : "")
            var found: [CountedFailures] = []
            for keys in try await pages(of: id) {
                var commands = RedisCommands()
                for key in keys {
                    commands.append([[UInt8]("FCALL_RO"), [UInt8](FunctionLibrary.record), [UInt8]("1"), key, time])
                }
                for (key, reply) in zip(keys, try await engine.perform(commands, at: tag.slot)) {
                    guard let record = RedisFailureCounts.record(reply, at: now) else { continue }
                    found.append(CountedFailures(origin: names.origin(in: key.dropFirst(start)), record: record))
                }
            }
            return found
        }
    }

    package func forgive(_ id: ClientID, from origin: Origin?, at now: Timestamp) async throws(StorageError) {
        try await StorageError.asking { () async throws(EngineFailure) in
            let engineKey = try await key.value()
            let tag = ClientKey(id).tag
            if let origin {
                return try await delete([FailureKey.failures(id, origin).place(under: engineKey).key], at: tag.slot)
            }
            for keys in try await pages(of: id) { try await delete(keys, at: tag.slot) }
            try await delete([FailureKey.budget(id).place(under: engineKey).key], at: tag.slot)
        }
    }

    /// The keys of a client's failures, some at a time.
    private func pages(of id: ClientID) async throws(EngineFailure) -> [[[UInt8]]] {
        let tag = ClientKey(id).tag
        let prefix = String(decoding: tag.key("f"), as: UTF8.self) + FailureName(try await key.value()).prefix(of: id)
        let keys = try await engine.keys(matching: "\(prefix)*", at: tag.slot).map(\.bytes)
        return stride(from: 0, to: keys.count, by: Self.pageSize).map { start in
            Array(keys[start..<min(start + Self.pageSize, keys.count)])
        }
    }

    private func delete(_ keys: [[UInt8]], at slot: UInt16) async throws(EngineFailure) {
        var commands = RedisCommands()
        for key in keys { commands.append([[UInt8]("DEL"), key]) }
        _ = try await engine.perform(commands, at: slot)
    }
}
