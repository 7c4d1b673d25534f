import FileStore
import GrantCore

extension LockOut {
    /// The lock-outs of a client, the longest first.
    static func all(of id: ClientID, in site: Site, at now: Timestamp) async throws(StorageError) -> [LockOut] {
        try await site.failures.failures(of: id, at: now)
            .filter { site.wait(by: $0.record, at: now) != nil }
            .map { LockOut(address: $0.origin.text, failures: $0.record.count, until: $0.record.until.seconds + 1) }
            .sorted { ($0.until, $0.address) > ($1.until, $1.address) }
    }
}
