package import GrantCore

/// Which assertions were used, and when: positions are those of the machine's log.
package struct AssertionLedger: Sendable {
    private struct Use {
        let name: AssertionName
        let end: Timestamp
        let isDurable: Bool
        let begun: Int
        /// When it was answered that it was the first.
        var won: Int?
    }

    private var uses: [Use] = []

    package init() {}

    /// Notes that an assertion is about to be used.
    ///
    /// - Parameter isDurable: whether its answer has to survive a power cut.
    package mutating func begin(
        _ name: AssertionName,
        until end: Timestamp,
        isDurable: Bool,
        at position: Int
    ) -> Int {
        uses.append(Use(name: name, end: end, isDurable: isDurable, begun: position))
        return uses.count - 1
    }

    /// Notes the answer, which has to be right: of all uses until the end of one that passed no other passes, and none is
    /// refused without another.
    package mutating func finish(_ number: Int, isFirst: Bool, at position: Int, _ now: Timestamp) throws(Violation) {
        let name = uses[number].name
        let others = uses.indices.filter { $0 != number && uses[$0].name == name }
        if isFirst {
            let isSecond = others.contains { uses[$0].won != nil && now < uses[$0].end }
            try Violation.unless(!isSecond, "an assertion is used once")
            uses[number].won = position
        } else {
            try Violation.unless(!others.isEmpty, "an assertion that was never used can be")
        }
    }

    /// Holds what is answered to a use after a power cut at a position to what was answered before.
    ///
    /// - Parameter use: uses an assertion, and says where the log of the machine that was started again then is.
    /// - Returns: what is certainly on record from now on.
    package func hold(
        _ names: [AssertionName],
        at position: Int,
        _ now: Timestamp,
        use: (AssertionName, Timestamp) throws(Violation) -> (isFirst: Bool, isDurable: Bool, position: Int)
    ) throws(Violation) -> AssertionLedger {
        var after = AssertionLedger()
        let end = now.adding(seconds: 300)
        for name in names {
            let before = uses.filter { $0.name == name && $0.begun <= position }
            let (isFirst, isDurable, answered) = try use(name, end)
            let isObliged = before.contains { use in
                use.isDurable && now < use.end && use.won.map { $0 <= position } ?? false
            }
            try Violation.unless(!isFirst || !isObliged, "a used assertion is refused")
            try Violation.unless(isFirst || !before.isEmpty, "an assertion that was never used passes")
            // What was read from the disk stays there, until the end of it at least.
            let ends = before.map(\.end).min() ?? end
            after.uses.append(
                Use(
                    name: name,
                    end: isFirst ? end : ends,
                    isDurable: !isFirst || isDurable,
                    begun: 0,
                    won: isFirst ? answered : 0
                )
            )
        }
        return after
    }

    /// Takes everything for durable, as it is to processes while the machine runs.
    package mutating func makeDurable() {
        uses = uses.map { Use(name: $0.name, end: $0.end, isDurable: true, begun: $0.begun, won: $0.won) }
    }

    /// How much of it was done by a position.
    package func answers(at position: Int) -> Int {
        uses.count { $0.begun <= position } + uses.count { $0.won.map { $0 <= position } ?? false }
    }
}
