import StoreSimulation
import Testing

@Suite("What processes look up while others change it")
struct LookupTests {
    @Test(arguments: 0..<100 as Range<UInt64>)
    func `is what it was last made, in long lives of a machine`(seed: UInt64) throws {
        let random = RandomSource(seed: seed)
        let (machine, ledger) = SimulatedRun.newMachine(random)
        let run = SimulatedRun(on: machine, ledger: ledger, random: random)
        do {
            try run.run(steps: 150)
        } catch {
            throw Violation("\(error)\nseed \(seed)\n\(run.account)")
        }
    }
}
