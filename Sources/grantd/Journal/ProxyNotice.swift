import GrantCore

/// When to say again that a proxy in front of the site is not set up: once an hour and process.
final class ProxyNotice {
    /// Seconds.
    private static let interval: Int64 = 3600

    private var said: Timestamp?

    /// Whether it is to be said now; then it is taken for said. A clock that was set back does not silence it.
    func isDue(at now: Timestamp) -> Bool {
        if let said, said <= now, now < said.adding(seconds: Self.interval) { return false }
        said = now
        return true
    }
}
