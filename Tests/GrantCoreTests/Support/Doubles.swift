import GrantCore
import JOSE
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

    func issue(
        _ grant: Grant,
        at now: Timestamp,
        lifetime: Int,
        signedBy sign: TokenSigning? = nil
    ) throws(StorageError) -> AccessToken {
        if let failure { throw failure }
        let handle = "token-\(records.count + 1)"
        guard var token = AccessToken(sign == nil ? handle : handle + String(repeating: "-", count: 64 - handle.count))
        else { preconditionFailure("no token") }
        if let sign { token = try sign(token) }
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

/// Used assertions in memory, which counts the uses that it is asked to note.
final class InMemoryAssertions: UsedAssertions {
    var failure: StorageError?
    var forgetsUntil: Timestamp?
    private(set) var uses = 0
    private(set) var ends: [AssertionName: Timestamp] = [:]

    func use(_ name: AssertionName, until end: Timestamp, at now: Timestamp) throws(StorageError) -> Bool {
        uses += 1
        if let failure { throw failure }
        if let known = ends[name], now < known { return false }
        ends[name] = end
        return now < end
    }
}

/// Signs tokens by one key, as long as it does not fail.
final class OneKey: TokenSigner {
    let key: PrivateKey
    var failure: StorageError?
    private(set) var signatures = 0

    init(_ key: PrivateKey) {
        self.key = key
    }

    func sign(_ claims: [UInt8], at now: Timestamp) throws(StorageError) -> String {
        if let failure { throw failure }
        signatures += 1
        do throws(PrivateKey.Fault) { return try key.sign(claims, type: "at+jwt") } catch {
            throw .unavailable("\(error)")
        }
    }

    func published(at now: Timestamp) -> JWKSet { JWKSet(publishing: [key.publicKey]) }
}

/// A registry that answers from memory: it learns of another version of a client when its basis is confirmed.
final class RememberingRegistry: ClientRegistry {
    private var remembered: Client
    /// What the registration has become, if it was changed.
    var current: Client?
    private(set) var basis = 0
    private(set) var confirmations = 0

    init(_ client: Client) {
        remembered = client
    }

    func client(for id: ClientID) -> Client? { id == remembered.id ? remembered : nil }

    func confirmBasis(for id: ClientID) {
        confirmations += 1
        guard let current else { return }
        (remembered, self.current) = (current, nil)
        basis += 1
    }
}
