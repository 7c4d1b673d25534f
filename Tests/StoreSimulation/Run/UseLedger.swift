package import GrantCore

/// When the user's secrets were used: positions are those of the machine's log.
package struct UseLedger: Sendable {
    private struct Use {
        let time: Timestamp
        let begun: Int
    }

    /// By the secrets' short names.
    private var uses: [String: [Use]] = [:]

    package init() {}

    /// Notes that a secret is used.
    package mutating func begin(_ secret: String, at time: Timestamp, _ position: Int) {
        uses[secret, default: []].append(Use(time: Timestamp(seconds: time.seconds), begun: position))
    }

    /// Holds what is on record to what was used before a position. Anything may be lost, but nothing said that was not.
    ///
    /// - Returns: what is on record from now on.
    package func hold(_ recorded: [String: Timestamp], at position: Int) throws(Violation) -> UseLedger {
        var after = UseLedger()
        for (secret, time) in recorded {
            let times = (uses[secret] ?? []).filter { $0.begun <= position }.map(\.time)
            try Violation.unless(times.contains(time), "\(secret) was used at one of \(times), and not at \(time)")
            after.uses[secret] = [Use(time: time, begun: 0)]
        }
        return after
    }

    /// How much of it was done by a position.
    package func answers(at position: Int) -> Int {
        uses.values.joined().count { $0.begun <= position }
    }
}
