import FileStore
package import GrantCore
import SystemPackage

/// Clients in the engine. A changed one counts at the next request of every process.
package final class RedisClientRegistry: ClientRegistry {
    /// How many clients are remembered.
    private static let memoryLimit = 4096

    private let engine: Engine
    private let versions: ClientVersions
    private var remembered: [ClientID: Client] = [:]
    private var epoch = 0

    init(in engine: Engine, versions: ClientVersions) {
        self.engine = engine
        self.versions = versions
    }

    package func client(for id: ClientID) async throws(StorageError) -> Client? {
        forgetIfChanged()
        if let client = remembered[id] { return client }
        return try await StorageError.asking { () async throws(EngineFailure) in
            while true {
                let epoch = versions.epoch
                let key = ClientKey(id)
                // With the version, so that what is read now is known to be as new.
                let replies = try await engine.perform(key.question, at: key.tag.slot)
                try versions.note(replies[1], of: key.tag)
                let client = parse(replies[0], id)
                forgetIfChanged()
                // A version that was first seen meanwhile may be of a change that this client lacks.
                guard epoch == versions.epoch else { continue }
                if let client { remember(client) }
                return client
            }
        }
    }

    package var basis: Int { versions.epoch }

    package func confirmBasis(for id: ClientID) async throws(StorageError) {
        try await StorageError.asking { () async throws(EngineFailure) in
            let tag = ClientKey(id).tag
            var question = RedisCommands()
            question.append([[UInt8]("GET"), tag.key("g")])
            try versions.note(try await engine.perform(question, at: tag.slot)[0], of: tag)
        }
    }

    private func forgetIfChanged() {
        guard epoch != versions.epoch else { return }
        remembered.removeAll(keepingCapacity: true)
        epoch = versions.epoch
    }

    private func remember(_ client: Client) {
        if remembered.count >= Self.memoryLimit { remembered.remove(at: remembered.startIndex) }
        remembered[client.id] = client
    }

    private func parse(_ reply: RedisReply, _ id: ClientID) -> Client? {
        guard let json = reply.bytes, !json.isEmpty else { return nil }
        do throws(ClientFile.Unusable) {
            return try ClientFile(json, of: id).client
        } catch {
            engine.reportOnce(.unusableClient(id: id.value, reason: error.reason))
            return nil
        }
    }
}
