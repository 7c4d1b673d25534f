package import GrantCore

extension RedisTokenStore: TokenDiagnosis {
    /// Why `find` has nothing for a token; nil if it finds it.
    ///
    /// The engine forgets a revoked token at once, and an expired one a minute later. Only this machine's journal, and a
    /// mark that was left for an import, tell the one from the other then.
    package func absence(of token: AccessToken, at now: Timestamp) async throws(StorageError) -> TokenAbsence? {
        guard let place = try await place(of: token, at: now) else { return .foreign }
        switch try await look(place.name) {
        case .null:
            if place.origin == .files, let absence = try files?.absence(of: token, at: now) { return absence }
            if try await find(token, at: now) != nil { return nil }
            if try engine.journal.entries(at: now).revoked.contains(place.name.digest) { return .revoked(nil) }
            // What looks like another machine's token may as well be garbage.
            return place.origin == .otherFiles ? .foreign : .gone
        case .text(let bytes):
            guard let record = try EngineRecord.record(bytes) else { return .revoked(nil) }
            return now < record.expiresAt ? nil : .expired(at: record.expiresAt, record)
        default:
            throw .unavailable("the engine's answer makes no sense")
        }
    }
}
