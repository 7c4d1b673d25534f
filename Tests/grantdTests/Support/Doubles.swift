import Glibc
import GrantCore
import JOSE
import Logging
import Synchronization

/// Clients in memory, counting how often one is asked for.
final class KnownClients: ClientRegistry {
    var clients: [Client] = []
    /// Seconds that a look-up takes.
    var delay = 0.0
    private(set) var lookups = 0

    func client(for id: ClientID) throws(StorageError) -> Client? {
        lookups += 1
        if delay > 0 { usleep(UInt32(delay * 1_000_000)) }
        return clients.first { $0.id == id }
    }
}

/// One live token, `live`, that anything but a failure leaves as it is.
final class OneToken: TokenStore {
    let record: TokenRecord
    var failure: StorageError?

    init(of client: ClientID, scope: Scope, issuedAt: Timestamp) {
        record = TokenRecord(
            grant: Grant(clientID: client, scope: scope),
            issuedAt: issuedAt,
            expiresAt: issuedAt.adding(seconds: 60)
        )
    }

    func issue(
        _ grant: Grant,
        at now: Timestamp,
        lifetime: Int,
        signedBy sign: TokenSigning? = nil
    ) throws(StorageError) -> AccessToken {
        if let failure { throw failure }
        guard let token = AccessToken("issued") else { preconditionFailure("this is a token") }
        return token
    }

    func find(_ token: AccessToken, at now: Timestamp) throws(StorageError) -> TokenRecord? {
        if let failure { throw failure }
        return token.exposedValue == "live" ? record : nil
    }

    func revoke(
        _ token: AccessToken,
        issuedTo client: ClientID?,
        at now: Timestamp
    ) throws(StorageError) -> RevocationOutcome {
        if let failure { throw failure }
        return token.exposedValue == "live" && client == record.grant.clientID ? .ended : .absent
    }
}

/// Secrets that no person chose are all there are in these tests.
struct NoPasswordHash: PasswordHash {
    func matches(_ secret: ClientSecret, _ hash: String) -> Bool? { false }
}

/// Nothing is counted in these tests.
struct NoCounts: FailureCounts {
    func record(of key: FailureKey, at now: Timestamp) -> FailureRecord? { nil }
    func update(_ key: FailureKey, at now: Timestamp, by change: FailureChange) -> FailureRecord? { nil }
}

/// What was logged, a line an event: the message, and the details in the order of their keys.
final class LogLines: Sendable {
    private let lines = Mutex<[String]>([])

    var all: [String] { lines.withLock { $0 } }

    /// A logger that writes here.
    var logger: Logger {
        Logger(label: "test") { _ in Handler(lines: self) }
    }

    private struct Handler: LogHandler {
        let lines: LogLines
        var logLevel = Logger.Level.trace
        var metadata: Logger.Metadata = [:]
        var metadataProvider: Logger.MetadataProvider?

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let details = (event.metadata ?? [:]).sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value)" }
            lines.lines.withLock { $0.append("\(event.level) \(event.message)\(details.joined())") }
        }
    }
}

/// No key signs tokens.
struct NoKeys: TokenSigner {
    func sign(_ claims: [UInt8], at now: Timestamp) throws(StorageError) -> String { throw .unavailable("no key") }

    func published(at now: Timestamp) -> JWKSet { JWKSet(publishing: []) }
}

/// Used assertions in memory.
final class UsedOnce: UsedAssertions {
    private var names: Set<AssertionName> = []

    func use(_ name: AssertionName, until end: Timestamp, at now: Timestamp) -> Bool { names.insert(name).inserted }
}
