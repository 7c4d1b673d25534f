/// Slows guessing down (RFC 6749 §2.3.1: protect against brute force).
///
/// - From one origin, a client may fail `limit` times. Then each failure costs a wait: 1 second, 2, 4 and so on, up to the
///   window. All is forgotten when a window has passed since the last wait. While it waits nothing is looked at, so that
///   a right secret is refused as well; from any other origin it is not. Where the secret was proved to the same process
///   within the last second, a right one passes once more.
/// - From all origins together, a client may fail `limit` times at once, and then once a second. Beyond that no slow hash
///   is spent, and a secret is accepted only where that takes none. One more is left to origins that have not failed:
///   those that have cannot use it up. An origin that proved the secret lately is always heard.
///
/// A client that does not exist, and one whose secret is generated, are counted alike, so that nobody learns which it is.
package struct FailureLimiter {
    private let counts: any FailureCounts
    private let limit: Int
    private let window: Int
    private let successes = RecentSuccesses()
    /// How many failures of a client may be spent ahead, a second each.
    private var mostSpent: Int { 2 * limit + 2 }

    /// For how many seconds it is remembered that a client proved its secret from somewhere: 30 days.
    static let proofLifetime: Int64 = 30 * 86400

    /// A limiter.
    ///
    /// - Parameters:
    ///   - limit: failures that cost nothing yet; with 0 nothing is counted.
    ///   - window: the longest wait, and the time after which failures are forgotten, in seconds.
    package init(counts: any FailureCounts, limit: Int, window: Int) {
        self.counts = counts
        self.limit = limit
        self.window = window
    }

    /// Whose credentials are looked at, and from where.
    struct Attempt {
        /// The clients that the request may mean: one or two.
        let ids: [ClientID]
        /// Where it comes from.
        let origin: Origin
        /// When.
        let now: Timestamp

        /// An attempt with the ids of all readings of its credentials.
        init(_ readings: [Credentials], from origin: Origin, at now: Timestamp) {
            let ids = readings.map(\.id)
            self.ids = ids.count == 2 && ids[0] == ids[1] ? [ids[0]] : ids
            self.origin = origin
            self.now = now
        }
    }

    /// How an attempt stands before it is looked at.
    struct Standing {
        /// After how many seconds it is looked at; nil now.
        let wait: Int?
        /// Whether one like it has failed lately.
        let hasFailed: Bool
    }

    /// Whether one like it has just succeeded, so that its failures need only be looked up if it does not.
    func mayProveFirst(_ attempt: Attempt) -> Bool {
        limit > 0 && successes.has(attempt)
    }

    /// Takes note that an attempt has succeeded after it was looked up.
    func noteSuccess(of attempt: Attempt) {
        if limit > 0 { successes.insert(attempt) }
    }

    /// Takes note that an attempt has not succeeded.
    func forgetSuccess(of attempt: Attempt) {
        successes.remove(attempt)
    }

    /// Looks an attempt up, at the cost of one read.
    func standing(of attempt: Attempt) -> Standing {
        guard limit > 0 else { return Standing(wait: nil, hasFailed: false) }
        let records = attempt.ids.compactMap { counts.record(of: .failures($0, attempt.origin), at: attempt.now) }
        let longest = attempt.now.adding(seconds: Int64(window))
        // A clock that was set back must not make anybody wait for longer than the longest wait.
        let ends = records.filter { $0.count >= limit && $0.until <= longest }.map(\.until)
        return Standing(wait: ends.max().flatMap(attempt.now.secondsUntil), hasFailed: !records.isEmpty)
    }

    /// What an attempt may still cost that no cheap comparison has proved.
    struct Budget {
        /// After how many seconds another failure is told as what it is; nil now.
        let wait: Int?
        /// Whether a slow hash may be spent.
        let allowsHash: Bool
    }

    /// Looks up what is left of the failures of an attempt's client from anywhere.
    func budget(for attempt: Attempt, _ standing: Standing) -> Budget {
        guard limit > 0 else { return Budget(wait: nil, allowsHash: true) }
        let allowed = standing.hasFailed ? limit - 1 : limit
        let spent = attempt.ids.compactMap { counts.record(of: .budget($0), at: attempt.now)?.until }.max()
        let mostAhead = attempt.now.adding(seconds: Int64(mostSpent))
        let wait = spent.flatMap { spent in
            spent <= mostAhead ? attempt.now.adding(seconds: Int64(allowed)).secondsUntil(spent) : nil
        }
        let isProven =
            wait != nil
            && attempt.ids.contains { id in
                counts.record(of: .proof(id, attempt.origin), at: attempt.now) != nil
            }
        return Budget(wait: wait, allowsHash: wait == nil || isProven)
    }

    /// Counts a failure, which is told as what it is where the budget has room for it.
    func countFailure(of attempt: Attempt, within budget: Budget) {
        guard limit > 0 else { return }
        let now = attempt.now
        for id in attempt.ids {
            counts.update(.failures(id, attempt.origin), at: now) { record in
                let count = (record?.count ?? 0).addingReportingOverflow(1)
                let number = count.overflow ? UInt32.max : count.partialValue
                let until = now.adding(seconds: wait(after: Int(number)))
                return FailureRecord(
                    count: number,
                    until: until,
                    forgottenAt: until.adding(seconds: Int64(window))
                )
            }
            guard budget.wait == nil else { continue }
            counts.update(.budget(id), at: now) { record in
                // Workers that look at the same time may spend more than there is: it is paid back, up to a bound.
                let spent = max(record?.until ?? now, now).adding(seconds: 1)
                let until = min(spent, now.adding(seconds: Int64(mostSpent)))
                let ahead = now.secondsUntil(until) ?? 0
                return FailureRecord(count: UInt32(ahead), until: until, forgottenAt: until)
            }
        }
    }

    /// Remembers that a client proved its secret by a slow hash.
    func countProof(by id: ClientID, in attempt: Attempt) {
        guard limit > 0 else { return }
        counts.update(.proof(id, attempt.origin), at: attempt.now) { _ in
            FailureRecord(
                count: 1,
                until: attempt.now,
                forgottenAt: attempt.now.adding(seconds: Self.proofLifetime)
            )
        }
    }

    /// Seconds to wait after so many failures.
    private func wait(after count: Int) -> Int64 {
        count < limit ? 0 : min(Int64(window), 1 << Int64(min(count - limit, 32)))
    }
}

extension Timestamp {
    /// Seconds from here to a later point, rounded up; nil where it is no later.
    fileprivate func secondsUntil(_ end: Timestamp) -> Int? {
        self < end ? Int((end.microseconds - microseconds + 999_999) / 1_000_000) : nil
    }
}
