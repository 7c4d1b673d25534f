import FileStore
import GrantCore

extension Engine {
    /// How many entries go in one write.
    private static let entriesAtOnce = 1000

    /// Sends a member what the journal has for its slots.
    ///
    /// - Returns: how many entries that were, and how many of the tokens were still alive there.
    func sendJournal(to member: Member) async throws(EngineFailure) -> (entries: Int, alive: Int) {
        let entries: RevocationJournal.Entries
        do throws(StorageError) {
            entries = try journal.entries(at: KernelFileSystem().now)
        } catch {
            throw .unavailable(error.description)
        }
        var commands: [RedisCommands] = []
        for digest in entries.revoked where knownOwner(of: Tag(digest).slot) === member {
            commands.append(TokenKey(digest).deletion)
        }
        let revocations = commands.count
        for change in entries.changes where knownOwner(of: Tag(change.client).slot) === member {
            commands.append(change.put())
        }
        let obligations = commands.count
        let now = KernelFileSystem().now
        for use in entries.uses where knownOwner(of: use.tag.slot) === member { commands.append(use.note(at: now)) }
        var alive = 0
        for start in stride(from: 0, to: commands.count, by: Self.entriesAtOnce) {
            var batch = RedisCommands()
            for command in commands[start..<min(start + Self.entriesAtOnce, commands.count)] { batch.append(command) }
            let replies = try await member.askAnything(batch)
            for (index, reply) in replies.enumerated() {
                // A slot that has moved on meanwhile gets it where it is now, when that member is met.
                if let text = reply.errorText, !text.hasPrefix("MOVED"), !text.hasPrefix("ASK") {
                    // One that takes no writes lets no assertion pass either, and can be asked for tokens.
                    if start + index >= obligations, ErrorReply(text, from: member.name) == .full { continue }
                    throw member.refusal(text)
                }
                if start + index < revocations, case .integer(let count) = reply { alive += Int(count) }
            }
        }
        return (commands.count, alive)
    }
}
