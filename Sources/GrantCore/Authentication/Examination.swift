/// The clock of a request, and when its credentials were examined.
package struct Examination {
    private let clock: () -> Timestamp
    /// When its credentials were last examined after a turn in the queue; nil if it was decided without one.
    private(set) package var began: ContinuousClock.Instant?

    /// The examination of a request that has just arrived.
    package init(clock: @escaping () -> Timestamp) {
        self.clock = clock
    }

    /// The time, read again at each call: a request may have waited.
    package var now: Timestamp { clock() }

    /// Notes that the credentials are examined now.
    mutating func begin() {
        began = .now
    }
}
