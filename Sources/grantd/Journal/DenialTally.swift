import GrantCore

/// Which denials have a line of the audit each, and how many share one: strangers decide how many denials there are, and
/// must not fill the disk that grants need.
///
/// A denial of a request that names no client is only counted. Those that name one, or that a fault of the service caused,
/// have a line each, up to a limit for each minute and process; beyond it they are counted as well.
final class DenialTally {
    /// Lines of their own in a minute.
    static let lineLimit = 600
    /// Seconds.
    private static let interval: Int64 = 60

    private var start: Timestamp?
    private var lines = 0
    private var counted = 0

    /// Whether a denial has a line of its own; otherwise it is counted.
    ///
    /// - Parameter isOwn: whether it may have one: it names a client, or the service is at fault.
    func hasLine(isOwn: Bool, at now: Timestamp) -> Bool {
        if start == nil { start = now }
        if isOwn, lines < Self.lineLimit {
            lines += 1
            return true
        }
        counted += 1
        return false
    }

    /// How many were counted, once their minute is over; it begins again then. A clock that was set back ends it.
    func takeDue(at now: Timestamp) -> Int? {
        guard let start, now < start || now >= start.adding(seconds: Self.interval) else { return nil }
        return takeAll()
    }

    /// How many were counted; nil for none.
    func takeAll() -> Int? {
        defer { (start, lines, counted) = (nil, 0, 0) }
        return counted > 0 ? counted : nil
    }
}
