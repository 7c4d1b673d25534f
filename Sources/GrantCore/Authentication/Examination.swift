/// The clock of a request, and when its credentials were examined.
package struct Examination {
    private let clock: () -> Timestamp
    /// When the examination began that the answer's time follows from: that of a secret after its turn in the queue, or that
    /// of an assertion; nil if it was decided without either.
    private(set) package var began: ContinuousClock.Instant?
    /// The request's assertion, once it has been noted as used; the request may be examined again.
    var usedAssertion: AssertionName?

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
