import FileStore
import GrantCore

/// Assertions are used, each of a few of them again and again.
extension SimulatedRun {
    /// Uses an assertion.
    func useAssertion(by worker: SimulatedWorker) throws {
        let name = random.generator.pick(Cast.assertions)
        let now = machine.time
        let end = now.adding(seconds: random.generator.pick([40, 300, 300, 3700]))
        let isDurable = worker.durability == .disk
        let number = ledger.assertions.begin(name, until: end, isDurable: isDurable, at: machine.position)
        let isFirst = try worker.assertions.use(name, until: end, at: now)
        note("assertion \(name.digest[0]) is \(isFirst ? "used" : "refused"), \(worker.durability)")
        try ledger.assertions.finish(number, isFirst: isFirst, at: machine.position, now)
    }
}
