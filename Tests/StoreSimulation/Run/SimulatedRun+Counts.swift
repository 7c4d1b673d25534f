import FileStore
import GrantCore

/// Failures are counted and looked up. Neither can fail: a count is lost at the worst, and the log hears of it.
extension SimulatedRun {
    /// Counts a failure: where nothing befalls it, and nobody else is at it, it counts.
    func count(by worker: SimulatedWorker) throws {
        let key = random.generator.isOnce(in: 2) ? Cast.counted[0] : random.generator.pick(Cast.counted)
        let refusedLocks = worker.process.refusedLocks
        let now = machine.time
        var written: FailureRecord?
        worker.counts.update(key, at: now) { record in
            if !ledger.counts.readable(key, from: machine.position, at: now).contains(record) {
                fail(Violation("did not hold: \(key) has \(record as Any) when one more is counted"))
            }
            let next = FailureRecord(
                count: (record?.count ?? 0) + 1,
                until: now.adding(seconds: 2),
                forgottenAt: now.adding(seconds: 4000)
            )
            ledger.counts.begin(next, of: key, at: machine.position)
            written = next
            return next
        }
        if worker.process.isDead { return note("killed while it counts") }
        let isHindered = isFaulted(worker.process) || worker.process.refusedLocks > refusedLocks
        note("a failure of \(key) is counted: \(written.map { "\($0.count)" } ?? "no")")
        if let written, !isHindered { ledger.counts.finish(written, of: key, at: machine.position) }
        try Violation.unless(written != nil || isHindered, "a failure is counted")
        try Violation.unless(written != nil || worker.hasReportedCounting, "the log hears of a count that is lost")
    }

    /// Looks a count up, which has to be what was counted.
    func readCount(by worker: SimulatedWorker) throws {
        let key = random.generator.pick(Cast.counted + [Cast.innocent])
        let (position, now) = (machine.position, machine.time)
        let record = worker.counts.record(of: key, at: now)
        if worker.process.isDead { return }
        note("\(key) is looked up: \(record.map { "\($0.count)" } ?? "nothing")")
        let readable = ledger.counts.readable(key, from: position, at: now)
        let isLost = record == nil && worker.hasReportedCounting
        let isRight = isLost || readable.contains(record)
        try Violation.unless(isRight, "\(key) is one of \(readable), but is \(record as Any)")
    }
}
