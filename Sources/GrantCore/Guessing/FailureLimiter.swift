/// Slows guessing down (RFC 6749 §2.3.1: protect against brute force).
///
/// - From one origin, a client may fail `limit` times. Then each failure costs a wait: 1 second, 2, 4 and so on, up to the
///   window. All is forgotten when a window has passed since the last wait. While it waits nothing is looked at, so that
///   a right secret is refused as well; from any other origin it is not. Where the secret was proved to the same process
///   within the last second, a right one passes once more.
/// - From all origins together, a client may fail `limit` times at once, and then once a second. Beyond that no slow hash
///   is spent, and a secret is accepted only if that takes none. One more is left to origins that have not failed:
///   those that have cannot use it up. An origin that proved the secret lately is always heard.
///
/// A client that does not exist, and one whose secret is generated, are counted alike, so that an answer does not reveal which it is.
///
/// An authentication talks to it so: ``begin(_:from:at:)``; then ``Attempt/succeeded()`` where a cheap comparison proved
/// the secret; otherwise ``Attempt/mayHash()``, and when the slow hash is computed ``Attempt/succeeded(by:)`` or
/// ``Attempt/failed()``. An assertion takes ``Attempt/requireHeard()`` before its signature is verified, and then
/// ``Attempt/proved()`` or ``Attempt/failed()``.
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

    /// Begins an attempt to authenticate, which costs nothing yet.
    ///
    /// - Parameter readings: those of its credentials, which may be of two clients.
    func begin(_ readings: Few<Credentials>, from origin: Origin, at now: Timestamp) -> Attempt {
        let second = readings.count == 2 && readings[1].id != readings[0].id ? readings[1].id : nil
        return Attempt(limiter: self, ids: Few(readings.first?.id, second), origin: origin, now: now)
    }

    /// The same for credentials that name a client, or none.
    func begin(_ id: ClientID?, from origin: Origin, at now: Timestamp) -> Attempt {
        Attempt(limiter: self, ids: Few(id), origin: origin, now: now)
    }

    /// Too many attempts like this one have failed.
    struct TooMany: Error {
        /// Seconds until the next attempt is looked at.
        let wait: Int
    }

    /// Whose credentials are looked at, from where and when.
    struct Attempt {
        private let limiter: FailureLimiter
        let ids: Few<ClientID>
        let origin: Origin
        /// The time; it moves on if the attempt had to wait for its hash.
        var now: Timestamp
        private var budgetWait: Int?

        fileprivate init(limiter: FailureLimiter, ids: Few<ClientID>, origin: Origin, now: Timestamp) {
            self.limiter = limiter
            self.ids = ids
            self.origin = origin
            self.now = now
        }

        /// A cheap comparison proved the secret. Where the same was proved within the last second no failures are looked
        /// up; otherwise those count that others have made while it was compared.
        func succeeded() async throws(TooMany) {
            if limiter.hasSucceeded(self) { return }
            _ = try await limiter.standing(of: self)
            limiter.noteSuccess(of: self)
        }

        /// Makes sure that a signature may be verified. Where another was right within the last second, that costs nothing.
        func requireHeard() async throws(TooMany) {
            if !limiter.hasSucceeded(self) { _ = try await limiter.standing(of: self) }
        }

        /// A signature proved the client, and was not used before.
        func proved() {
            limiter.noteSuccess(of: self)
        }

        /// No cheap comparison proved the secret: whether a slow hash may be spent on it.
        mutating func mayHash() async throws(TooMany) -> Bool {
            limiter.successes.remove(self)
            let hasFailed = try await limiter.standing(of: self)
            let budget = await limiter.budget(for: self, hasFailed: hasFailed)
            budgetWait = budget.wait
            return budget.allowsHash
        }

        /// A slow hash proved the secret of a client.
        func succeeded(by id: ClientID) async throws(TooMany) {
            _ = try await limiter.standing(of: self)
            await limiter.countProof(by: id, in: self)
        }

        /// The secret is wrong, or there was no hash to be spent on it.
        ///
        /// - Returns: the seconds to wait, if it was one too many; then it is not told from any other, and does not
        ///   count. Nil if it is to be told as what it is.
        func failed() async -> Int? {
            // It may have succeeded meanwhile.
            limiter.successes.remove(self)
            return await limiter.countFailure(of: self, isWithinBudget: budgetWait == nil) ?? budgetWait
        }
    }

    private func hasSucceeded(_ attempt: Attempt) -> Bool {
        limit > 0 && successes.has(attempt)
    }

    private func noteSuccess(of attempt: Attempt) {
        if limit > 0 { successes.insert(attempt) }
    }

    /// Looks an attempt up, at the cost of one read for each client that it may mean: whether one like it has failed
    /// lately.
    private func standing(of attempt: Attempt) async throws(TooMany) -> Bool {
        guard limit > 0 else { return false }
        var hasFailed = false
        var longest: Int?
        for id in attempt.ids {
            guard let record = await counts.record(of: .failures(id, attempt.origin), at: attempt.now) else { continue }
            hasFailed = true
            guard let wait = record.wait(limit: limit, window: window, at: attempt.now) else { continue }
            longest = max(longest ?? 0, wait)
        }
        if let longest { throw TooMany(wait: longest) }
        return hasFailed
    }

    /// Looks up what is left of the failures of an attempt's client from anywhere.
    ///
    /// - Returns: after how many seconds another failure is told as what it is, nil now; and whether a slow hash may be
    ///   spent.
    private func budget(for attempt: Attempt, hasFailed: Bool) async -> (wait: Int?, allowsHash: Bool) {
        guard limit > 0 else { return (nil, true) }
        let now = attempt.now
        let allowed = hasFailed ? limit - 1 : limit
        var spent: Timestamp?
        for id in attempt.ids {
            guard let until = await counts.record(of: .budget(id), at: now)?.until else { continue }
            spent = max(spent ?? until, until)
        }
        guard let spent, spent <= now.adding(seconds: Int64(mostSpent)),
            let wait = now.adding(seconds: Int64(allowed)).secondsUntil(spent)
        else { return (nil, true) }
        for id in attempt.ids where await counts.record(of: .proof(id, attempt.origin), at: now) != nil {
            return (wait, true)
        }
        return (wait, false)
    }

    /// Counts a failure.
    ///
    /// Others may have failed since this attempt was looked up, in other processes. So it is decided here, where the record
    /// is changed, whether it was one too many.
    ///
    /// - Returns: the seconds to wait; nil if the failure was within the limit.
    private func countFailure(of attempt: Attempt, isWithinBudget: Bool) async -> Int? {
        guard limit > 0 else { return nil }
        let now = attempt.now
        var longest: Int?
        for id in attempt.ids {
            let failure = FailureChange.failure(limit: limit, window: window)
            let before = await counts.update(.failures(id, attempt.origin), at: now, by: failure)
            if let wait = before?.wait(limit: limit, window: window, at: now) {
                longest = max(longest ?? 0, wait)
            } else if isWithinBudget {
                await counts.update(.budget(id), at: now, by: .spending(most: mostSpent))
            }
        }
        return longest
    }

    /// Remembers that a client proved its secret by a slow hash.
    private func countProof(by id: ClientID, in attempt: Attempt) async {
        guard limit > 0 else { return }
        await counts.update(.proof(id, attempt.origin), at: attempt.now, by: .proof(lifetime: Self.proofLifetime))
    }
}
