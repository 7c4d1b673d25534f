import Encoding
import FileStore
package import GrantCore

/// Used assertions in the engine, each used once on all machines together.
///
/// - Noting is one command at the primary of the name's slot, which does nothing if there is a note. By its mark the note
///   is then known as this use's own, and nothing else lets an assertion pass.
/// - A use is answered when two machines have it, and the journal of this one, which each member gets that takes over: as with
///   revocations, see ``RevocationJournal``. But for `Durability.disk` the journal's line is not synced: it has to outlive
///   the engine's member, not this machine.
/// - A use whose answer does not come is noted again under the same mark.
package final class RedisUsedAssertions: UsedAssertions {
    private let engine: Engine
    private let durability: Durability
    private let random = SecureRandom.supply()

    init(in engine: Engine, durability: Durability) {
        self.engine = engine
        self.durability = durability
    }

    package func use(
        _ name: AssertionName,
        until end: Timestamp,
        at now: Timestamp
    ) async throws(StorageError) -> Bool {
        if end <= now { return false }
        let mark = [UInt8](Hex.encode(random(AssertionUse.markSize / 2)))
        let use = AssertionUse(digest: name.digest, end: end, mark: mark)
        // First: a member that takes over meanwhile gets it.
        try engine.journal.append(use, isSynced: durability == .disk, at: now)
        return try await StorageError.asking { () async throws(EngineFailure) in
            let slot = use.tag.slot
            let (replies, member, replicas) = try await engine.performConfirmed(at: slot) {
                var commands = use.note(at: now)
                commands.append(use.question)
                return commands
            }
            guard let mark = replies.last?.bytes else { throw .unavailable("the engine's answer makes no sense") }
            if mark != use.mark { return false }
            try engine.requireTwoMachines(member, replicas: replicas)
            return true
        }
    }
}
