import FileStore
import GrantCore

/// Secrets are used, which is on record to within an hour. It cannot fail: at the worst it is not on record.
extension SimulatedRun {
    /// Uses a secret, and looks up when it was used.
    func use(by worker: SimulatedWorker) throws {
        let secret = random.generator.pick(Cast.user.secrets).hash
        let now = machine.time
        let isFirst = !worker.hasReportedUse
        ledger.uses.begin(secret.shortID, at: now, machine.position)
        worker.uses.used(secret, of: Cast.user, at: now)
        if worker.process.isDead { return note("killed while it records a use") }
        note("secret \(secret.shortID) is used")
        let isRecorded = !worker.hasReportedUse
        let isHindered = isFaulted(worker.process) || worker.process.refusedLocks > 0
        try Violation.unless(isRecorded || isHindered || !isFirst, "a use is recorded")

        let recorded = try worker.uses.lastUses(of: Cast.user.id)
        _ = try ledger.uses.hold(recorded, at: machine.position)
        guard isRecorded, let last = recorded[secret.shortID] else {
            return try Violation.unless(!isRecorded, "a use is on record")
        }
        let isExact = last <= now && now < last.adding(seconds: SecretUses.accuracy + 1)
        try Violation.unless(isExact || machine.time > now, "a use is on record to within an hour")
    }
}
