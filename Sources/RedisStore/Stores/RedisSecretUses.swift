import FileStore
package import GrantCore

/// When each client's secrets were last used, to within an hour, in the engine.
///
/// It is a help to administrators, and may be lost: nothing waits for it. A process writes at most once an hour and secret.
package final class RedisSecretUses: SecretUseObserver {
    private static let memoryLimit = 4096
    /// How long what was never used again is kept, in seconds.
    private static let lifetime = 400 * 86400

    private let engine: Engine
    private var recorded: [Key: Timestamp] = [:]

    private struct Key: Hashable {
        let client: ClientID
        let secret: SecretHash
    }

    init(in engine: Engine) {
        self.engine = engine
    }

    package func used(_ secret: SecretHash, of client: Client, at now: Timestamp) {
        let name = Key(client: client.id, secret: secret)
        if let last = recorded[name], last <= now, now < last.adding(seconds: SecretUses.accuracy) { return }
        if recorded.count >= Self.memoryLimit { recorded.remove(at: recorded.startIndex) }
        recorded[name] = now
        let key = ClientKey(client.id)
        let id = secret.shortID
        var commands = RedisCommands()
        commands.append([[UInt8]("HSET"), key.uses, [UInt8](id), [UInt8]("\(now.seconds)")])
        commands.append([[UInt8]("PEXPIRE"), key.uses, [UInt8]("\(Self.lifetime * 1000)")])
        engine.loop.start { [engine] in
            do throws(EngineFailure) {
                _ = try await engine.attempt(commands, at: key.tag.slot)
            } catch {
                engine.reportOnce(.useNotRecorded(error))
            }
        }
    }

    /// When the client's secrets were last used, by their short names; each may have been used for an hour after that.
    package func lastUses(of client: ClientID) async throws(StorageError) -> [String: Timestamp] {
        let key = ClientKey(client)
        var commands = RedisCommands()
        commands.append([[UInt8]("HGETALL"), key.uses])
        let replies = try await StorageError.asking { () async throws(EngineFailure) in
            try await engine.perform(commands, at: key.tag.slot)
        }
        var uses: [String: Timestamp] = [:]
        let words = replies.first?.elements?.compactMap(\.string) ?? []
        for index in stride(from: 0, to: words.count - 1, by: 2) {
            if let seconds = Int64(words[index + 1]) { uses[words[index]] = Timestamp(seconds: seconds) }
        }
        return uses
    }
}
