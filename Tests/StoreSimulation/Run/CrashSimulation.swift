import Synchronization

/// Runs of a simulated machine, and after each of its operations the states that a power cut could have left.
package struct CrashSimulation: Sendable {
    /// How long a run is and how closely it is looked at.
    package enum Kind: String, Sendable, CaseIterable {
        /// Many things are done, and states drawn by lot.
        case long
        /// Few things are done, and of states without torn writes all are looked at, if they are at most 512 a moment.
        case short

        /// Things that are done before the power goes, each time.
        var steps: ClosedRange<Int> { self == .long ? 4...14 : 1...3 }
        /// Times that the power goes, the machine going on from one of the states.
        var cuts: Int { self == .long ? 3 : 2 }
        /// States after each operation; if there are no more, all of them.
        var limit: Int { self == .long ? 16 : 512 }
        /// States with torn writes after each operation.
        var torn: Int { self == .long ? 4 : 8 }
    }

    /// How many states were looked at: no two of a run have the same files and the same answers before them.
    package private(set) var states = 0
    /// How many operations the power was cut after.
    package private(set) var operations = 0
    /// How many runs were made.
    package private(set) var runs = 0
    private let kind: Kind
    private var wanted = Int.max

    package init(_ kind: Kind) {
        self.kind = kind
    }

    /// Makes runs of one seed after another until so many states were looked at.
    package mutating func run(states: Int, seed: UInt64) throws(Violation) {
        wanted = self.states + states
        var seed = seed
        while self.states < wanted {
            try run(seed: seed)
            seed += 1
        }
    }

    /// Makes the run of a seed.
    package mutating func run(seed: UInt64) throws(Violation) {
        runs += 1
        let random = RandomSource(seed: seed)
        var (machine, ledger) = SimulatedRun.newMachine(random)
        var trace: [String] = []
        for _ in 0..<kind.cuts {
            let run = SimulatedRun(on: machine, ledger: ledger, random: random)
            do throws(Violation) {
                try run.run(steps: Int.random(in: kind.steps, using: &random.generator))
                (machine, ledger) = try cutPower(run.machine, run.ledger, random)
                trace += run.trace
                trace.append("The power goes, and the machine goes on from one of the states.")
            } catch {
                throw Violation(
                    """
                    \(error)
                    This repeats it: store-simulation \(kind) \(seed)
                    \(trace.joined(separator: "\n"))
                    \(run.account)
                    """
                )
            }
        }
    }

    /// Looks at the states that a power cut could leave, at every moment of a machine's life.
    ///
    /// - Returns: the machine started again in one of them.
    private mutating func cutPower(
        _ machine: SimulatedMachine,
        _ ledger: Ledger,
        _ random: RandomSource
    ) throws(Violation) -> (SimulatedMachine, Ledger) {
        var history = DiskHistory(machine.disk)
        var seen: Set<Int> = []
        var next = (machine, ledger)
        var now = machine.startTime
        let log = machine.content.withLock { $0.log }
        for position in 0...log.count {
            if position > 0 {
                history.follow(log[position - 1].operation)
                now = log[position - 1].time
                operations += 1
            }
            for survivors in history.survivors(limit: kind.limit, torn: kind.torn, &random.generator) {
                let nodes = history.image(survivors)
                if states == wanted { return next }
                guard seen.insert(nodes.fingerprint(ledger.answers(at: position))).inserted else { continue }
                states += 1
                let check = StateCheck(nodes, position: position, ledger: ledger, now: now, random: random)
                do throws(Violation) {
                    let started = try check.run()
                    if random.generator.isOnce(in: seen.count) { next = started }
                } catch {
                    throw Violation(
                        """
                        \(error)
                        after a power cut at position \(position), when of what was not synced this was left:
                        \(history.description(of: survivors))
                        """
                    )
                }
            }
        }
        return next
    }
}

extension [Node] {
    /// A number that tells what can be reached from the root, and one thing more, from anything else.
    fileprivate func fingerprint(_ more: Int) -> Int {
        var hasher = Hasher()
        hasher.combine(more)
        func visit(_ node: Int) {
            hasher.combine(self[node].owner)
            hasher.combine(self[node].bytes.count)
            // Sound: the bytes are only read, while the array lives. Byte by byte it takes ten times as long.
            unsafe self[node].bytes.withUnsafeBytes { unsafe hasher.combine(bytes: $0) }
            for (name, child) in self[node].entries.sorted(by: { $0.key < $1.key }) {
                hasher.combine(name)
                visit(child)
            }
        }
        visit(0)
        return hasher.finalize()
    }
}
