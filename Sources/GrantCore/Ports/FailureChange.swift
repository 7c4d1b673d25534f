/// A change of what is on record of failures, as a value: a store applies it where the record is, wherever that may be.
package enum FailureChange: Sendable, Equatable {
    /// Counts a failure, unless one like it has to wait: then nothing changes.
    ///
    /// - Parameters:
    ///   - limit: failures that cost no wait.
    ///   - window: the longest wait, and the time after which a failure is forgotten, in seconds.
    case failure(limit: Int, window: Int)
    /// Spends a second of what is left of a client's failures.
    ///
    /// - Parameter most: how many seconds may be spent ahead.
    case spending(most: Int)
    /// Remembers that a secret was proved.
    ///
    /// - Parameter lifetime: for how many seconds.
    case proof(lifetime: Int64)

    /// What is on record after the change.
    ///
    /// - Parameter record: the current record; nil if there is none or it has been forgotten.
    package func applied(to record: FailureRecord?, at now: Timestamp) -> FailureRecord {
        switch self {
        case .failure(let limit, let window):
            if let record, record.wait(limit: limit, window: window, at: now) != nil { return record }
            let count = record.map { $0.count == .max ? .max : $0.count + 1 } ?? 1
            let until = now.adding(seconds: Self.wait(after: Int(count), limit: limit, window: window))
            return FailureRecord(count: count, until: until, forgottenAt: until.adding(seconds: Int64(window)))
        case .spending(let most):
            // Workers that look at the same time may spend more than there is: it is paid back, up to a bound.
            let spent = max(record?.until ?? now, now).adding(seconds: 1)
            let until = min(spent, now.adding(seconds: Int64(most)))
            return FailureRecord(count: UInt32(now.secondsUntil(until) ?? 0), until: until, forgottenAt: until)
        case .proof(let lifetime):
            return FailureRecord(count: 1, until: now, forgottenAt: now.adding(seconds: lifetime))
        }
    }

    /// The seconds to wait after a number of failures.
    private static func wait(after count: Int, limit: Int, window: Int) -> Int64 {
        count < limit ? 0 : min(Int64(window), 1 << Int64(min(count - limit, 32)))
    }
}

extension FailureRecord {
    /// How many seconds a record of failures makes the next attempt wait from now on; nil for none.
    package func wait(limit: Int, window: Int, at now: Timestamp) -> Int? {
        // A clock that was set back must not make an attempt wait for longer than the longest wait.
        guard count >= limit, until <= now.adding(seconds: Int64(window)) else { return nil }
        return now.secondsUntil(until)
    }
}

extension Timestamp {
    /// Seconds from here to a later point, rounded up, or nil if it is not later.
    func secondsUntil(_ end: Timestamp) -> Int? {
        self < end ? Int((end.microseconds - microseconds + 999_999) / 1_000_000) : nil
    }
}
