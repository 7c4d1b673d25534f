import FileStore
import GrantCore

/// Sets an engine up for grantd.
package struct EngineAdministration {
    private let engine: Engine

    /// Administers an engine, with a user that may do more than a worker's.
    package init(_ engine: Engine) {
        self.engine = engine
    }

    /// What was done.
    package enum Setup: Sendable, Equatable {
        /// The engine was empty, and is ready now.
        case made
        /// It was ready before; its functions are those of this program now.
        case renewed
    }

    /// Makes an engine ready: functions on every primary, the key, and the registry's version. Doing it again does no harm.
    ///
    /// - Throws: `misconfigured` if something else is kept in the engine.
    package func setUp() async throws(EngineFailure) -> Setup {
        let primaries = try await primaries()
        let isNew = try await !hasKey()
        if isNew { try await requireEmpty(primaries) }
        for member in primaries { try await load(into: member) }
        if isNew { try await makeKey() }
        try await setVersion(onlyWhereMissing: !isNew)
        return isNew ? .made : .renewed
    }

    /// All primaries, which need not be ready.
    private func primaries() async throws(EngineFailure) -> [Member] {
        let primaries = try await engine.primaries()
        guard !primaries.isEmpty else { throw .unavailable("the engine has no members") }
        return primaries
    }

    private func hasKey() async throws(EngineFailure) -> Bool {
        guard let owner = engine.knownOwner(of: EngineKey.slot) else {
            throw .unavailable("no member has the key's slot")
        }
        let reply = try await ask(owner, RedisCommands("GET", "k"))[0]
        guard let bytes = reply.bytes else { return false }
        guard bytes.count == EngineKey.byteCount else {
            throw .misconfigured("the engine has a key k that is not grantd's: it has to be an engine of its own")
        }
        return true
    }

    private func requireEmpty(_ primaries: [Member]) async throws(EngineFailure) {
        for member in primaries {
            guard try await ask(member, RedisCommands("DBSIZE"))[0].number == 0 else {
                throw .misconfigured(
                    "engine member \(member.name) holds other data: grantd takes an engine of its own, and an empty one"
                )
            }
        }
    }

    private func load(into member: Member) async throws(EngineFailure) {
        _ = try await ask(member, RedisCommands("FUNCTION", "LOAD", "REPLACE", FunctionLibrary.source))
    }

    private func makeKey() async throws(EngineFailure) {
        var commands = RedisCommands()
        commands.append([[UInt8]("SET"), EngineKey.name, SecureRandom.bytes(EngineKey.byteCount), [UInt8]("NX")])
        let deadline = ContinuousClock.now + engine.settings.patience
        while true {
            // Done again it writes nothing, and waits for what was written. A replica that has just joined may be slow.
            let (_, member, replicas) = try await engine.performConfirmed(at: EngineKey.slot) { commands }
            if replicas >= engine.settings.replicas { return }
            if .now >= deadline {
                throw member.unavailable(
                    """
                    no replica has confirmed what was written: try again in a moment; with no replica, set \
                    GRANTD_STORE_REPLICAS=0
                    """
                )
            }
        }
    }

    /// Puts a new value into each `g` key, none of them ever written before: every process forgets the clients that it remembers.
    func renewVersion() async throws(EngineFailure) {
        try await setVersion(onlyWhereMissing: false)
    }

    private func setVersion(onlyWhereMissing: Bool) async throws(EngineFailure) {
        var byMember: [MemberName: [Tag]] = [:]
        for tag in Tag.all { byMember[try await engine.owner(of: tag.slot).name, default: []].append(tag) }
        for tags in byMember.values {
            do throws(EngineFailure) {
                try await confirm(at: tags[0].slot) {
                    var all = RedisCommands()
                    for tag in tags { all.append(command(tag, onlyWhereMissing)) }
                    return all
                }
            } catch {
                // A slot of theirs has moved on: one by one, each finds its member.
                for tag in tags { try await confirm(at: tag.slot) { command(tag, onlyWhereMissing) } }
            }
        }
    }

    private func command(_ tag: Tag, _ onlyWhereMissing: Bool) -> RedisCommands {
        var commands = RedisCommands()
        commands.append(
            [[UInt8]("SET"), tag.key("g"), SecureRandom.bytes(8)] + (onlyWhereMissing ? [[UInt8]("NX")] : [])
        )
        return commands
    }

    private func confirm(at slot: UInt16, _ make: () -> RedisCommands) async throws(EngineFailure) {
        let (_, member, replicas) = try await engine.performConfirmed(at: slot, make)
        // A failover may lose it, and then every process that meets the new primary forgets all clients.
        if replicas < engine.settings.replicas { engine.reportOnce(.unconfirmed(member.name)) }
    }

    private func ask(_ member: Member, _ commands: RedisCommands) async throws(EngineFailure) -> [RedisReply] {
        let replies = try await member.askAnything(commands)
        if let text = replies.lazy.compactMap(\.errorText).first { throw member.refusal(text) }
        return replies
    }
}
