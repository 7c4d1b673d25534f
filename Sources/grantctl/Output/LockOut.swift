/// An address from which a client has to wait after failed authentications.
struct LockOut: Encodable, Equatable {
    let address: String
    let failures: UInt32
    /// Seconds since 1970.
    let until: Int64

    /// The most that are shown to people.
    private static let mostShown = 10

    /// Rows for `client show`.
    static func rows(_ lockOuts: [LockOut]) -> [[String]] {
        let rows = lockOuts.prefix(mostShown).map {
            ["locked out", "from \($0.address) until \(TimeText.text($0.until)), after \($0.failures) failures"]
        }
        let rest = lockOuts.count - rows.count
        return rest > 0 ? rows + [["locked out", "from \(rest) more; --json lists all"]] : rows
    }
}
