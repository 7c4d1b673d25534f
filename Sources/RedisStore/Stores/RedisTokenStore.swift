import Crypto
import FileStore
package import GrantCore

/// Tokens in the engine, found by every machine from their answer on.
///
/// - Reads and writes go to the primary of a token's slot alone.
/// - A token is a new random key, so that all that is done for it may be done twice.
/// - A new token goes to a slot whose primary answers now: while one is being replaced, the others issue.
/// - A revocation is answered when two machines have it. See ``RevocationJournal`` for what becomes of it after a failover.
package final class RedisTokenStore: TokenStore {
    let engine: Engine
    private let key: EngineKey
    private let versions: ClientVersions
    private let durability: Durability
    let files: FormerTokens?
    private let imports: ImportedTokens
    private let random = SecureRandom.supply()

    /// How often new random bytes are drawn for a slot whose primary answers.
    private static let mostDraws = 64
    private static let retryPause: Duration = .milliseconds(20)
    /// How long the journal keeps the revocation of a token that the engine does not know, in seconds.
    private static let unknownLifetime: Int64 = 86400

    init(in engine: Engine, key: EngineKey, versions: ClientVersions, durability: Durability, files: FormerTokens?) {
        self.engine = engine
        self.key = key
        self.versions = versions
        self.durability = durability
        self.files = files
        imports = ImportedTokens(in: engine)
    }

    package func issue(
        _ grant: Grant,
        at now: Timestamp,
        lifetime: Int,
        signedBy sign: TokenSigning? = nil
    ) async throws(StorageError) -> AccessToken {
        let record = EngineRecord.bytes(of: grant, issuedAt: now, lifetime: lifetime)
        let milliseconds = Int64(lifetime) * 1000 + Retention.slack
        return try await StorageError.asking { () async throws(EngineFailure) in
            try await store(record, milliseconds: milliseconds, sign)
        }
    }

    /// Keeps a record under a new token.
    private func store(
        _ record: [UInt8],
        milliseconds: Int64,
        _ sign: TokenSigning?
    ) async throws(EngineFailure) -> AccessToken {
        let codec = try await key.value().tokens
        let deadline = ContinuousClock.now + engine.settings.patience
        while true {
            let (token, name) = try draw(codec, sign)
            var commands = name.storage(of: record, milliseconds: milliseconds)
            commands.append([[UInt8]("GET"), name.tag.key("g")])
            do throws(EngineFailure) {
                // By the version the endpoint finds whether the client is still what it was.
                let replies = try await keep(commands, of: name)
                guard replies[0].string == "OK" else { throw .unavailable("the engine's answer makes no sense") }
                try versions.note(replies[1], of: name.tag)
                return token
            } catch {
                if case .misconfigured = error { throw error }
                guard .now < deadline else { throw error }
                // Where all are full, waiting is of no use.
                if case .full = error, !hasRoomElsewhere { throw error }
                await engine.loop.sleep(for: Self.retryPause)
            }
        }
    }

    private func keep(_ commands: RedisCommands, of name: TokenKey) async throws(EngineFailure) -> [RedisReply] {
        guard durability == .disk, engine.settings.replicas > 0 else {
            return try await engine.attempt(commands, at: name.tag.slot)
        }
        guard let done = try await engine.attemptConfirmed(at: name.tag.slot, commands) else {
            throw .unavailable("slot \(name.tag.slot) has moved to another member")
        }
        guard done.replicas >= engine.settings.replicas else {
            // Others may have a replica.
            done.member.closeForTokens()
            _ = try? await engine.attempt(name.deletion, at: name.tag.slot)
            throw done.member.unavailable("no replica has confirmed a token, as GRANTD_DURABILITY asks")
        }
        return done.replies
    }

    /// Draws a token for a slot whose primary answers, as far as that is known.
    private func draw(
        _ codec: EngineTokenCodec,
        _ sign: TokenSigning?
    ) throws(EngineFailure) -> (AccessToken, TokenKey) {
        let now = ContinuousClock.now
        var draws = 0
        while true {
            let bytes = codec.token(of: random(EngineTokenCodec.randomCount))
            var token = AccessToken(encoding: bytes)
            if let sign {
                do throws(StorageError) { token = try sign(token) } catch { throw .unavailable(error.description) }
            }
            let name = TokenKey(of: token, bytes)
            draws += 1
            guard let owner = engine.knownOwner(of: name.tag.slot), draws < Self.mostDraws,
                !owner.isOpenForTokens(at: now)
            else { return (token, name) }
        }
    }

    private var hasRoomElsewhere: Bool {
        let now = ContinuousClock.now
        return Tag.all.contains { engine.knownOwner(of: $0.slot)?.isOpenForTokens(at: now) ?? false }
    }

    package func discard(_ token: AccessToken) async {
        guard let name = try? await place(of: token, at: KernelFileSystem().now)?.name else { return }
        _ = try? await engine.attempt(name.deletion, at: name.tag.slot)
    }

    package func find(_ token: AccessToken, at now: Timestamp) async throws(StorageError) -> TokenRecord? {
        guard let place = try await place(of: token, at: now) else { return nil }
        let record: TokenRecord?
        switch try await look(place.name) {
        case .null: record = place.origin == .files ? try files?.find(token, at: now) : nil
        case .text(let bytes): record = try EngineRecord.record(bytes)
        default: throw .unavailable("the engine's answer makes no sense")
        }
        guard let record, now < record.expiresAt else { return nil }
        return record
    }

    package func revoke(
        _ token: AccessToken,
        issuedTo client: ClientID?,
        at now: Timestamp
    ) async throws(StorageError) -> RevocationOutcome {
        guard let place = try await place(of: token, at: now) else { return .absent }
        var record: TokenRecord?
        if let bytes = try await look(place.name).bytes {
            record = try EngineRecord.record(bytes)
        } else {
            switch place.origin {
            case .engine: break
            case .files: record = try files?.find(token, at: now)
            // It was never imported: garbage leaves nothing behind.
            case .otherFiles: return .absent
            }
        }
        // Whose it was, never changes.
        if let client, let record, record.grant.clientID != client { return .absent }
        if place.origin == .files { _ = try files?.revoke(token, at: now) }

        let end = record?.expiresAt ?? now.adding(seconds: Self.unknownLifetime)
        let unwritten = journalFailure { () throws(StorageError) in
            try engine.journal.append(revoked: place.name.digest, until: end, at: now)
        }
        let wasThere = try await StorageError.asking { () async throws(EngineFailure) in
            try await revoke(place, until: end, at: now)
        }
        if let unwritten { throw unwritten }
        guard let record, wasThere || place.origin == .files, now < record.expiresAt else { return .absent }
        return .ended
    }

    /// Ends a token in the engine, on two machines.
    ///
    /// - Returns: whether this was what ended it.
    private func revoke(_ place: Place, until end: Timestamp, at now: Timestamp) async throws(EngineFailure) -> Bool {
        // A token that may be imported later needs a mark until then.
        let commands =
            place.origin == .engine
            ? place.name.revocation
            : place.name.tombstone(milliseconds: (end.microseconds - now.microseconds) / 1000 + Retention.slack)
        let (replies, member, replicas) = try await engine.performConfirmed(at: place.name.tag.slot) { commands }
        try engine.requireTwoMachines(member, replicas: replicas)
        return replies[0].bytes?.isEmpty == false
    }

    private func journalFailure(_ body: () throws(StorageError) -> Void) -> StorageError? {
        do throws(StorageError) {
            try body()
            return nil
        } catch {
            return error
        }
    }

    struct Place {
        let name: TokenKey
        let origin: Origin
    }

    /// Where a token was issued.
    enum Origin {
        case engine
        /// From this machine's files, before it went over to the engine.
        case files
        /// From another machine's files: it is good if it was imported.
        case otherFiles
    }

    /// Where a token is kept; nil for one that neither the engine nor files of a machine of this site have issued.
    func place(of token: AccessToken, at now: Timestamp) async throws(StorageError) -> Place? {
        let codec = try await StorageError.asking { () async throws(EngineFailure) in try await key.value().tokens }
        if let bytes = codec.bytes(of: token) { return Place(name: TokenKey(of: token, bytes), origin: .engine) }
        if let digest = files?.digest(of: token) { return Place(name: TokenKey(digest), origin: .files) }
        let areOthersPossible = try await StorageError.asking { () async throws(EngineFailure) in
            try await imports.mayHold(at: now)
        }
        guard areOthersPossible, let bytes = EngineTokenCodec.bytesOfAny(token) else { return nil }
        return Place(name: TokenKey(of: token, bytes), origin: .otherFiles)
    }

    /// The record of a token, and with it the registry's version.
    func look(_ name: TokenKey) async throws(StorageError) -> RedisReply {
        try await StorageError.asking { () async throws(EngineFailure) in
            let replies = try await engine.perform(name.question, at: name.tag.slot)
            guard let values = replies.first?.elements, values.count == 2 else {
                throw .unavailable("the engine's answer makes no sense")
            }
            try versions.note(values[1], of: name.tag)
            return values[0]
        }
    }
}
