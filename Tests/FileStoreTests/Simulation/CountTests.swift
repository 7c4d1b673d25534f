import FileStore
import GrantCore
import StoreSimulation
import Synchronization
import SystemPackage
import Testing

@Suite("Counts are lost by a crash alone")
struct CountTests {
    private let machine = SimulatedMachine(time: Cast.start)

    private func worker() throws -> SimulatedWorker {
        try SimulatedWorker(machine.process(user: User.service), .disk, random: RandomSource(seed: 1))
    }

    private func count(by worker: SimulatedWorker) {
        worker.counts.update(Cast.counted[0], at: machine.time) { record in
            FailureRecord(
                count: (record?.count ?? 0) + 1,
                until: machine.time,
                forgottenAt: machine.time.adding(seconds: 60)
            )
        }
    }

    @Test
    func `whatever call of one that counts another comes in before, each count is there that got the lock`() throws {
        var (counted, moments) = (UInt32(0), 0)
        for moment in 0..<100 {
            let (one, other) = (try worker(), try worker())
            // Counting opens the file as well, but for the first time.
            for worker in [one, other] { _ = worker.counts.record(of: Cast.counted[0], at: machine.time) }
            let first = one.process.calls.count
            nonisolated(unsafe) let between = other
            one.process.intercept { number, _ in
                if number == first + moment { unsafe count(by: between) }
                return nil
            }
            count(by: one)
            one.process.intercept(nil)
            let refused = UInt32(one.process.refusedLocks + other.process.refusedLocks)
            let isWithin = one.process.calls.count > first + moment
            counted += (isWithin ? 2 : 1) - refused
            #expect(try worker().counts.record(of: Cast.counted[0], at: machine.time)?.count == counted)
            if !isWithin { break }
            moments += 1
        }
        #expect((3..<100).contains(moments))
    }

    @Test(arguments: [Errno.tooManyOpenFiles, .ioError])
    func `a file that cannot be opened now is as it was afterwards`(_ errno: Errno) throws {
        let (one, other) = (try worker(), try worker())
        count(by: one)
        other.process.intercept { _, call in call == .openat ? .failure(errno) : nil }
        #expect(other.counts.record(of: Cast.counted[0], at: machine.time) == nil)
        count(by: other)
        #expect(other.hasReportedCounting)
        other.process.intercept(nil)
        #expect(one.counts.record(of: Cast.counted[0], at: machine.time)?.count == 1)
        count(by: other)
        #expect(one.counts.record(of: Cast.counted[0], at: machine.time)?.count == 2)
    }
}
