package import GrantCore

extension RedisStore {
    /// Goes through all live tokens, in no order; one may come twice.
    package func forEachToken(
        at now: Timestamp,
        _ body: (TransferredToken) throws -> Void
    ) async throws {
        var failure: (any Error)?
        try await engine.forEachPage(matching: "t{*") { page async throws(EngineFailure) in
            for key in page where failure == nil {
                guard let digest = TokenKey.digest(inKey: key) else { continue }
                let replies = try await engine.perform(TokenKey(digest).question, at: Tag(digest).slot)
                guard let bytes = replies.first?.elements?.first?.bytes else { continue }
                do {
                    guard let record = try EngineRecord.record(bytes), now < record.expiresAt else { continue }
                    try body(TransferredToken(digest: digest, record: record))
                } catch {
                    failure = error
                }
            }
        }
        if let failure { throw failure }
    }

    /// Brings a token into the engine, unless it is there, or was revoked there.
    ///
    /// - Returns: whether it was brought in.
    package func take(_ token: TransferredToken, at now: Timestamp) async throws(StorageError) -> Bool {
        let record = token.record
        let left = (record.expiresAt.microseconds - now.microseconds) / 1000
        guard left > 0 else { return false }
        let value = EngineRecord.bytes(
            of: record.grant,
            issuedAt: record.issuedAt,
            lifetime: Int(record.expiresAt.seconds - record.issuedAt.seconds)
        )
        let key = TokenKey(token.digest)
        let commands = key.storage(of: value, milliseconds: left + Retention.slack, onlyIfNew: true)
        let replies = try await StorageError.asking { () async throws(EngineFailure) in
            try await engine.perform(commands, at: key.tag.slot)
        }
        return replies[0] != .null
    }

    /// Takes note of tokens that were brought in, so that every machine looks for them.
    ///
    /// - Parameter end: when the last of them expires.
    package func noteImports(until end: Timestamp) async throws(StorageError) {
        try await StorageError.asking { () async throws(EngineFailure) in
            try await ImportedTokens(in: engine).note(until: end)
        }
    }

    /// Counts the live tokens' records by member; those of the last minute after their end among them.
    package func countTokens() async throws(EngineFailure) -> [(member: String, tokens: Int)] {
        var counts: [(String, Int)] = []
        for member in try await engine.primaries() {
            counts.append((member.name.description, try await engine.countKeys(of: member, matching: "t{*")))
        }
        return counts
    }
}

extension TokenKey {
    /// The digest that a token's key was made of; nil for any other key.
    static func digest(inKey key: [UInt8]) -> [UInt8]? {
        guard key.count == 6 + 31, key.starts(with: "t{".utf8),
            let number = Int(String(decoding: key[2..<5], as: UTF8.self), radix: 16), number < Tag.count
        else { return nil }
        let digest = [UInt8(number >> 2)] + key[6...]
        return TokenKey(digest).key == key ? digest : nil
    }
}
