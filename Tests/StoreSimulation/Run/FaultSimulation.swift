import Synchronization

/// Runs of a simulated machine, each made once for every fault that can befall any one of its calls.
package struct FaultSimulation: Sendable {
    /// A fault at a kind of call.
    package struct Kind: Sendable, Hashable {
        package let call: CallName
        package let fault: Fault
    }

    /// How many faults there were.
    package private(set) var faults = 0
    /// How many states were looked at, after all of them.
    package private(set) var states = 0
    /// Which kinds there were.
    package private(set) var kinds: Set<Kind> = []

    package init() {}

    /// Makes the run of a seed, and again with each fault.
    package mutating func run(seed: UInt64, steps: Int) throws(Violation) {
        let calls = try run(seed: seed, steps: steps, nil).calls
        for (number, call) in calls.enumerated() {
            for fault in call.possibleFaults {
                let run = try run(seed: seed, steps: steps, PlannedFault(number: number, fault: fault))
                guard run.fault?.met == call else { throw Violation("the run of seed \(seed) is another each time") }
                faults += 1
                kinds.insert(Kind(call: call, fault: fault))
            }
        }
    }

    private mutating func run(
        seed: UInt64,
        steps: Int,
        _ fault: PlannedFault?
    ) throws(Violation) -> SimulatedRun {
        let random = RandomSource(seed: seed)
        let (machine, ledger) = SimulatedRun.newMachine(random)
        let run = SimulatedRun(on: machine, ledger: ledger, random: random, isWithKills: false, fault: fault)
        do throws(Violation) {
            try run.run(steps: steps)
            try check(run)
        } catch {
            throw Violation("\(error)\nseed \(seed), \(fault.map { "\($0)" } ?? "no fault")\n\(run.account)")
        }
        return run
    }

    /// Everything that was answered holds, as processes see it now, and after a power cut.
    private mutating func check(_ run: SimulatedRun) throws(Violation) {
        var seen = run.ledger
        for index in seen.tokens.indices { seen.tokens[index].isDurable = true }
        seen.audit.makeDurable()
        seen.assertions.makeDurable()
        let (nodes, log) = run.machine.content.withLock { ($0.nodes, $0.log) }
        try check(nodes, seen, run)

        var history = DiskHistory(run.machine.disk)
        for logged in log { history.follow(logged.operation) }
        for survivors in history.survivors(limit: 8, torn: 2, &run.random.generator) {
            do throws(Violation) {
                try check(history.image(survivors), run.ledger, run)
            } catch {
                throw Violation("\(error)\nafter a power cut that left\n\(history.description(of: survivors))")
            }
        }
    }

    private mutating func check(_ nodes: [Node], _ ledger: Ledger, _ run: SimulatedRun) throws(Violation) {
        states += 1
        let machine = run.machine
        let position = machine.position
        _ = try StateCheck(nodes, position: position, ledger: ledger, now: machine.time, random: run.random).run()
    }
}
