package import GrantCore

/// When a signing key is published, signs, and stops. All times are whole seconds, as a file has them.
package struct SigningKeySchedule: Sendable, Equatable {
    /// When it was made, and from when on it is published.
    package let createdAt: Timestamp
    /// From when on it signs, unless a newer key does.
    package let activeAt: Timestamp
    /// From when on it does not sign any more; nil if that is open.
    package var retiredAt: Timestamp?
    /// From when on it is not published any more: no token that it has signed is left; nil if it is not retired.
    package var publishedUntil: Timestamp?

    /// For how many seconds others may keep the published keys: a new key is published for as long before it signs.
    package static let cacheTime = 300

    /// The stages of a key, in their order.
    package enum Stage: String, Sendable, CaseIterable {
        /// Others can learn it, and it does not sign yet.
        case published
        /// It signs, or would if no newer key did.
        case active
        /// It does not sign any more, and tokens that it has signed may still be good.
        case retired
        /// No token that it has signed is left, and it is not published.
        case gone
    }

    /// A schedule; fractions of a second are cut off.
    package init(createdAt: Timestamp, activeAt: Timestamp) {
        self.createdAt = Timestamp(seconds: createdAt.seconds)
        self.activeAt = Timestamp(seconds: activeAt.seconds)
    }

    /// The stage at a time.
    package func stage(at now: Timestamp) -> Stage {
        if let publishedUntil, publishedUntil <= now { return .gone }
        if let retiredAt, retiredAt <= now { return .retired }
        return now < activeAt ? .published : .active
    }

    /// Ends the signing at a time, unless it ends earlier. Called again, with a longer lifetime, it lets the key be published
    /// for longer.
    ///
    /// - Parameter lifetime: the longest that tokens live, in seconds.
    package mutating func retire(at time: Timestamp, tokensLiving lifetime: Int) {
        let time = Timestamp(seconds: time.seconds)
        let end = min(retiredAt ?? time, time)
        retiredAt = end
        publishedUntil = max(publishedUntil ?? end, end.adding(seconds: Int64(lifetime)))
    }

    /// The times at which the stage changes.
    var changes: [Timestamp] { [activeAt, retiredAt, publishedUntil].compactMap(\.self) }
}
