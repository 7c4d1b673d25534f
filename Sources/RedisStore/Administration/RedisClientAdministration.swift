package import FileStore
package import GrantCore

/// Makes, changes and removes clients in the engine.
///
/// A change is in this machine's journal, and on two machines, before it counts as made; and no process remembers the client
/// as it was before.
package struct RedisClientAdministration: ClientAdministration {
    private let engine: Engine
    private let audit: ChangeAudit

    /// How often a change is made again because another one came between.
    private static let mostAttempts = 20

    /// Administers the clients of an engine.
    ///
    /// - Parameter user: the number of the user who does it, for the audit.
    package init(in engine: Engine, audit: AuditTrail? = nil, user: UInt32) {
        self.engine = engine
        self.audit = ChangeAudit(audit, user: user)
    }

    package func add(_ client: Client, as change: ClientChange) async throws(AdministrationError) {
        try await alter(client.id, as: change) { known throws(AdministrationError) in
            guard known.json.isEmpty else { throw .exists(client.id) }
            return ClientFile(client)
        }
    }

    @discardableResult
    package func update(
        _ id: ClientID,
        as kind: ClientChange,
        _ body: (inout Client) throws(AdministrationError) -> Void
    ) async throws(AdministrationError) -> Client {
        var changed: Client?
        try await alter(id, as: kind) { known throws(AdministrationError) in
            var file = try known.file(of: id)
            try file.update(body)
            changed = file.client
            return file
        }
        guard let changed else { throw .notFound(id) }
        return changed
    }

    package func replace(_ file: ClientFile) async throws(AdministrationError) {
        try await alter(file.client.id, as: .takeOver) { _ throws(AdministrationError) in file }
    }

    package func remove(_ id: ClientID) async throws(AdministrationError) {
        try await alter(id, as: .remove) { known throws(AdministrationError) in
            guard !known.json.isEmpty else { throw .notFound(id) }
            return nil
        }
    }

    package func edit(
        _ id: ClientID,
        _ change: (ClientFile?) throws(AdministrationError) -> ClientEdit?
    ) async throws(AdministrationError) {
        try await alter(id) { known throws(AdministrationError) in
            let present = known.json.isEmpty ? nil : try known.file(of: id)
            return try change(present).map { (file: $0.file, kinds: $0.kinds) }
        }
    }

    package func file(_ id: ClientID) async throws(AdministrationError) -> ClientFile {
        try await asking { () async throws(EngineFailure) -> Known in try await known(id) }.file(of: id)
    }

    package func client(_ id: ClientID) async throws(AdministrationError) -> Client {
        try await file(id).client
    }

    package func examine(_ id: ClientID, at now: Timestamp) async throws(AdministrationError) -> ClientExamination {
        ClientExamination(try await file(id), at: now)
    }

    package func ids() async throws(AdministrationError) -> [ClientID] {
        let keys = try await asking { () async throws(EngineFailure) in try await engine.keys(matching: "c{*") }
        var ids: [ClientID] = []
        for key in keys {
            let json = try await asking { () async throws(EngineFailure) -> [UInt8] in
                var commands = RedisCommands()
                commands.append([[UInt8]("HGET"), key.bytes, [UInt8]("j")])
                return try await engine.perform(commands, at: key.slot)[0].bytes ?? []
            }
            // One that cannot be parsed is of no client that could be named.
            if !json.isEmpty, let file = try? ClientFile(json) { ids.append(file.client.id) }
        }
        return ids.sorted { $0.value < $1.value }
    }

    // MARK: Changes

    /// What is on record of a client.
    private struct Known {
        /// The number of the last change; empty if there was none.
        let number: String
        /// The client's JSON, or nothing if the client does not exist.
        let json: [UInt8]

        func file(of id: ClientID) throws(AdministrationError) -> ClientFile {
            guard !json.isEmpty else { throw .notFound(id) }
            do throws(ClientFile.Unusable) {
                return try ClientFile(json, of: id)
            } catch {
                throw .unusable(file: id.value, reason: error.reason)
            }
        }
    }

    private func known(_ id: ClientID) async throws(EngineFailure) -> Known {
        let key = ClientKey(id)
        var commands = RedisCommands()
        commands.append([[UInt8]("HMGET"), key.registration, [UInt8]("n"), [UInt8]("j")])
        let replies = try await engine.perform(commands, at: key.tag.slot)
        let parts = replies[0].elements ?? []
        return Known(number: parts.first?.string ?? "", json: parts.last?.bytes ?? [])
    }

    /// Makes a change of one kind, again if another one came between.
    ///
    /// - Parameter body: what the client is to be, by what is on record; nil to remove it.
    private func alter(
        _ id: ClientID,
        as kind: ClientChange,
        _ body: (Known) throws(AdministrationError) -> ClientFile?
    ) async throws(AdministrationError) {
        try await alter(id) { known throws(AdministrationError) in (file: try body(known), kinds: [kind]) }
    }

    /// Makes changes at once, again if another one came between.
    ///
    /// - Parameter body: what the client is to be, by what is on record, without a file to remove it; nil to leave it.
    private func alter(
        _ id: ClientID,
        _ body: (Known) throws(AdministrationError) -> (file: ClientFile?, kinds: [ClientChange])?
    ) async throws(AdministrationError) {
        for _ in 0..<Self.mostAttempts {
            let record = try await asking { () async throws(EngineFailure) -> Known in try await known(id) }
            guard let (file, kinds) = try body(record) else { return }
            let json = try file.map { file throws(AdministrationError) in try Self.bytes(of: file) } ?? []
            try audit.begin(kinds, of: id)
            do throws(AdministrationError) {
                guard try await publish(json, of: id, after: record) else {
                    audit.withdraw(
                        kinds,
                        of: id,
                        .notKept(.unavailable("client \(id) was changed by another meanwhile"))
                    )
                    continue
                }
            } catch {
                audit.fail(kinds, of: id, error)
                throw error
            }
            return try audit.finish(kinds, of: id)
        }
        throw .notKept(.unavailable("client \(id) is changed by others again and again"))
    }

    private static func bytes(of file: ClientFile) throws(AdministrationError) -> [UInt8] {
        let bytes: [UInt8]
        do throws(ClientFile.Unusable) {
            bytes = try file.line()
        } catch {
            throw .unusable(file: file.client.id.value, reason: error.reason)
        }
        guard bytes.count <= ClientFile.sizeLimit else {
            throw .unusable(
                file: file.client.id.value,
                reason: "it would be longer than \(ClientFile.sizeLimit) bytes"
            )
        }
        return bytes
    }

    /// Puts a registration in place; false if another change came between.
    private func publish(_ json: [UInt8], of id: ClientID, after known: Known) async throws(AdministrationError) -> Bool
    {
        let now = KernelFileSystem().now
        let key = ClientKey(id)
        let last = Int64(known.number, radix: 16) ?? 0
        let change = RegistrationChange(
            client: key.hash,
            number: Self.number(max(last + 1, now.microseconds)),
            json: json
        )
        let unwritten = unwritten(change, at: now)
        let isDone = try await asking { () async throws(EngineFailure) -> Bool in
            let (replies, member, replicas) = try await engine.performConfirmed(at: key.tag.slot) {
                change.put(expecting: known.number)
            }
            guard replies[0].number == 1 else { return false }
            try engine.requireTwoMachines(member, replicas: replicas)
            return true
        }
        guard isDone else { return false }
        try await asking { () async throws(EngineFailure) in try await EngineAdministration(engine).renewVersion() }
        if let unwritten { throw .notKept(unwritten) }
        return true
    }

    private func unwritten(_ change: RegistrationChange, at now: Timestamp) -> StorageError? {
        do throws(StorageError) {
            try engine.journal.append(change, at: now)
            return nil
        } catch {
            return error
        }
    }

    private static func number(_ value: Int64) -> String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 16 - digits.utf8.count) + digits
    }

    private func asking<Result>(
        _ questions: () async throws(EngineFailure) -> Result
    ) async throws(AdministrationError) -> Result {
        do throws(EngineFailure) {
            return try await questions()
        } catch {
            throw .notKept(error.storageError)
        }
    }
}
