/// The commands for one member that are not done before replicas have them.
///
/// `WAIT` blocks its connection. So these commands have one of their own, and those that come while it waits go together
/// with the next.
final class Confirmations {
    private unowned let member: Member
    private var connection: RedisConnection?
    private var waiting: [Entry] = []
    private var isRunning = false

    /// Milliseconds that a replica has to confirm.
    private static let patience = 300

    private struct Entry {
        let commands: RedisCommands
        let result: SharedResult<Result<Confirmed, EngineFailure>>
    }

    /// What came of commands.
    struct Confirmed {
        let replies: [RedisReply]
        /// How many replicas have them.
        let replicas: Int
    }

    init(of member: Member) {
        self.member = member
    }

    /// Does commands, and says how many replicas have them.
    func perform(_ commands: RedisCommands) async throws(EngineFailure) -> Confirmed {
        // The journal goes first, and the topology is known to be right.
        try await member.prepare()
        let entry = Entry(commands: commands, result: SharedResult())
        waiting.append(entry)
        if !isRunning {
            isRunning = true
            member.engine.loop.start { [self] in
                while !waiting.isEmpty { await performAll() }
                isRunning = false
            }
        }
        return try await entry.result.value().get()
    }

    private func performAll() async {
        let entries = waiting
        waiting = []
        let outcome: Result<[RedisReply], EngineFailure>
        do throws(EngineFailure) {
            outcome = .success(try await ask(entries.map(\.commands)))
        } catch {
            outcome = .failure(error)
        }
        let isWaiting = member.engine.settings.replicas > 0
        var next = 0
        for entry in entries {
            entry.result.set(
                outcome.map { replies in
                    defer { next += entry.commands.count }
                    return Confirmed(
                        replies: Array(replies[next..<next + entry.commands.count]),
                        replicas: isWaiting ? replies.last?.number.map { Int(clamping: $0) } ?? 0 : 0
                    )
                }
            )
        }
    }

    private func ask(_ commands: [RedisCommands]) async throws(EngineFailure) -> [RedisReply] {
        var all = RedisCommands()
        let connection: RedisConnection
        if let known = self.connection, known.failure == nil {
            connection = known
        } else {
            connection = try member.connect()
            self.connection = connection
            all = member.introduction
        }
        let introductions = all.count
        for part in commands { all.append(part) }
        let replicas = member.engine.settings.replicas
        if replicas > 0 { all.append("WAIT", "\(replicas)", "\(Self.patience)") }
        do throws(ConnectionFailure) {
            return Array(try await connection.ask(all).dropFirst(introductions))
        } catch {
            close()
            throw member.unavailable("\(error)")
        }
    }

    /// Ends the connection.
    func close() {
        connection?.fail(.closed)
        connection = nil
    }
}
