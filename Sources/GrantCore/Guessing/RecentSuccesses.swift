/// Who has just proved a secret to this process, and from where.
///
/// For a second, another request of the same client from the same origin may prove a secret before its failures are
/// looked up, so that a busy client costs no look at all. One that proves none is looked up after all, and ends this.
final class RecentSuccesses {
    private static let memoryLimit = 1024
    /// Seconds.
    private static let lifetime: Int64 = 1

    private struct Place: Hashable {
        let ids: Few<ClientID>
        let origin: Origin
    }

    private var moments: [Place: Timestamp] = [:]

    /// Whether there was a success like this lately, with no failure since.
    func has(_ attempt: FailureLimiter.Attempt) -> Bool {
        guard let moment = moments[Place(ids: attempt.ids, origin: attempt.origin)] else { return false }
        return moment <= attempt.now && attempt.now < moment.adding(seconds: Self.lifetime)
    }

    /// Takes note of a success.
    func insert(_ attempt: FailureLimiter.Attempt) {
        if moments.count >= Self.memoryLimit { moments.removeAll(keepingCapacity: true) }
        moments[Place(ids: attempt.ids, origin: attempt.origin)] = attempt.now
    }

    /// Forgets it.
    func remove(_ attempt: FailureLimiter.Attempt) {
        moments[Place(ids: attempt.ids, origin: attempt.origin)] = nil
    }
}
