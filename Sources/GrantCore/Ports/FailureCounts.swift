/// Where failed authentications are counted, for all workers together.
///
/// What is counted may be lost at any time: a store forgets rather than fails, and says so in the log.
package protocol FailureCounts {
    /// What is on record under a key; nil if there is nothing, or it no longer counts.
    func record(of key: FailureKey, at now: Timestamp) async -> FailureRecord?

    /// Changes what is on record under a key, with no other worker in between.
    ///
    /// - Returns: the record before the change; nil if there was none or it had been forgotten.
    @discardableResult
    func update(_ key: FailureKey, at now: Timestamp, by change: FailureChange) async -> FailureRecord?
}

/// What is counted.
package enum FailureKey: Sendable, Hashable {
    /// The failures of a client, known or not, from one origin.
    case failures(ClientID, Origin)
    /// The failures of a client from anywhere.
    case budget(ClientID)
    /// That a client proved a chosen secret from an origin.
    case proof(ClientID, Origin)
}

/// A count, and until when it matters.
package struct FailureRecord: Sendable, Equatable {
    /// The number of failures. If there is no room, lower counts are evicted for higher ones.
    package var count: UInt32
    /// The moment that the count leads to: the end of a wait, or of what was spent ahead.
    package var until: Timestamp
    /// The first moment at which the record counts no more.
    package var forgottenAt: Timestamp

    /// Describes a count.
    package init(count: UInt32, until: Timestamp, forgottenAt: Timestamp) {
        self.count = count
        self.until = until
        self.forgottenAt = forgottenAt
    }
}
