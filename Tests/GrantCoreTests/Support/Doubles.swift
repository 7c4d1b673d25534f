import GrantCore
import Synchronization

/// A registry in memory, which counts what it is asked and fails when it is told to.
final class InMemoryRegistry: ClientRegistry {
    var clients: [ClientID: Client] = [:]
    var failure: StorageError?
    private(set) var lookups: [ClientID] = []

    init(_ clients: [Client]) {
        for client in clients { self.clients[client.id] = client }
    }

    func client(for id: ClientID) throws(StorageError) -> Client? {
        lookups.append(id)
        if let failure { throw failure }
        return clients[id]
    }
}

/// A store in memory, which keeps what it was asked to issue and fails when it is told to.
final class InMemoryTokens: TokenStore {
    var failure: StorageError?
    private(set) var records: [String: TokenRecord] = [:]

    func issue(_ grant: Grant, at now: Timestamp, lifetime: Int) throws(StorageError) -> AccessToken {
        if let failure { throw failure }
        guard let token = AccessToken("token-\(records.count + 1)") else { preconditionFailure("no token") }
        records[token.exposedValue] = TokenRecord(
            grant: grant,
            issuedAt: now,
            expiresAt: now.adding(seconds: Int64(lifetime))
        )
        return token
    }

    func find(_ token: AccessToken, at now: Timestamp) throws(StorageError) -> TokenRecord? {
        if let failure { throw failure }
        return records[token.exposedValue].flatMap { now < $0.expiresAt ? $0 : nil }
    }

    func revoke(
        _ token: AccessToken,
        issuedTo client: ClientID?,
        at now: Timestamp
    ) throws(StorageError) -> RevocationOutcome {
        guard let record = try find(token, at: now), client ?? record.grant.clientID == record.grant.clientID else {
            return .absent
        }
        records[token.exposedValue] = nil
        return .ended
    }
}

/// Counts in memory, which forget nothing for want of room.
final class InMemoryCounts: FailureCounts {
    var records: [FailureKey: FailureRecord] = [:]
    private(set) var reads = 0

    func record(of key: FailureKey, at now: Timestamp) -> FailureRecord? {
        reads += 1
        return records[key].flatMap { now < $0.forgottenAt ? $0 : nil }
    }

    func update(_ key: FailureKey, at now: Timestamp, by change: FailureChange) -> FailureRecord? {
        let before = records[key].flatMap { now < $0.forgottenAt ? $0 : nil }
        records[key] = change.applied(to: before, at: now)
        return before
    }
}

/// A slow hash without the slowness, which counts its calls: `$fake$` and the secret.
final class CountingPasswordHash: PasswordHash {
    private let count = Atomic(0)
    /// Whether it computes nothing, as if there were no memory.
    let isFailing = Atomic(false)

    var calls: Int { count.load(ordering: .relaxed) }

    func matches(_ secret: ClientSecret, _ hash: String) -> Bool? {
        count.add(1, ordering: .relaxed)
        return isFailing.load(ordering: .relaxed) ? nil : hash == "$fake$\(secret.exposedValue)"
    }
}

extension SecretHash {
    /// The hash that `CountingPasswordHash` matches with the secret.
    static func slow(_ secret: ClientSecret) -> SecretHash {
        .crypt("$fake$\(secret.exposedValue)")
    }
}
