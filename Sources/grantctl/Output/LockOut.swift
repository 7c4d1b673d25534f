import FileStore
import GrantCore

/// An address from which a client has to wait after failed authentications.
struct LockOut: Encodable, Equatable {
    let address: String
    let failures: UInt32
    /// Seconds since 1970.
    let until: Int64

    /// The most that are shown to people.
    private static let mostShown = 10

    /// The lock-outs of a client, the longest first.
    static func all(of id: ClientID, in site: Site, at now: Timestamp) async throws(StorageError) -> [LockOut] {
        try await site.failures.failures(of: id, at: now)
            .filter { site.wait(by: $0.record, at: now) != nil }
            .map { LockOut(address: $0.origin.text, failures: $0.record.count, until: $0.record.until.seconds + 1) }
            .sorted { ($0.until, $0.address) > ($1.until, $1.address) }
    }

    /// Rows for `client show`.
    static func rows(_ lockOuts: [LockOut]) -> [[String]] {
        let rows = lockOuts.prefix(mostShown).map {
            ["locked out", "from \($0.address) until \(TimeText.text($0.until)), after \($0.failures) failures"]
        }
        let rest = lockOuts.count - rows.count
        return rest > 0 ? rows + [["locked out", "from \(rest) more; --json lists all"]] : rows
    }
}
