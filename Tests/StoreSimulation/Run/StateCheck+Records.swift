import FileStore
import GrantCore
import Synchronization

/// What is kept beside clients and tokens: the audit, of which nothing may be lost, counts and uses, of which all may.
extension StateCheck {
    /// Nothing is on record that was not recorded, and of the audit all that was answered.
    func inspectRecords(_ machine: SimulatedMachine, _ worker: SimulatedWorker, _ after: inout Ledger) throws(Violation)
    {
        after.audit = try ledger.audit.hold(machine.content.withLock { $0.nodes.auditFiles }, at: position)
        let recorded = try Violation.ifFails("looking up uses") { try worker.uses.lastUses(of: Cast.user.id) }
        after.uses = try ledger.uses.hold(recorded, at: position)
        after.assertions = try ledger.assertions.hold(Cast.assertions, at: position, now) {
            (name, end) throws(Violation) in
            let isFirst = try Violation.ifFails("using an assertion") {
                try worker.assertions.use(name, until: end, at: now)
            }
            return (isFirst, worker.durability == .disk, machine.position)
        }
        guard machine.hasCounts else { return }
        for key in Cast.counted + [Cast.innocent] {
            let possible = ledger.counts.survivors(key, at: position)
            let record = worker.counts.record(of: key, at: now)
            try Violation.unless(possible.contains(record), "\(key) is one of \(possible), but is \(record as Any)")
            if let record { after.counts.find(record, of: key) }
        }
        try Violation.unless(!worker.hasReportedCounting, "counts can be read: \(worker.reports)")
    }

    /// More is recorded, each by a process of its own, and is there for others.
    func goOn(_ machine: SimulatedMachine, _ after: inout Ledger) throws(Violation) {
        if !machine.content.withLock({ $0.nodes.isAuditHalfMade }) { try append(machine, &after) }
        try use(machine, &after)
        // It is much work, most of all if there was no such file.
        if random.generator.isOnce(in: machine.hasCounts ? 4 : 40) { try count(machine, &after) }
    }

    private func append(_ machine: SimulatedMachine, _ after: inout Ledger) throws(Violation) {
        let worker = try open(machine)
        let client = random.generator.pick(Cast.clients)
        let (number, event) = after.audit.begin(.issue, of: client, worker.durability, at: machine.position)
        try Violation.ifFails("appending an event") { try worker.audit.append(event) }
        after.audit.finish(number, at: machine.position)
        var seen = after.audit
        seen.makeDurable()
        _ = try seen.hold(machine.content.withLock { $0.nodes.auditFiles }, at: machine.position)
    }

    private func use(_ machine: SimulatedMachine, _ after: inout Ledger) throws(Violation) {
        let worker = try open(machine)
        let secret = random.generator.pick(Cast.user.secrets).hash
        after.uses.begin(secret.shortID, at: now, machine.position)
        worker.uses.used(secret, of: Cast.user, at: now)
        let recorded = try Violation.ifFails("looking up uses") { try open(machine).uses.lastUses(of: Cast.user.id) }
        _ = try after.uses.hold(recorded, at: machine.position)
        try Violation.unless(recorded[secret.shortID] != nil && worker.reports.isEmpty, "a use is on record")
    }

    private func count(_ machine: SimulatedMachine, _ after: inout Ledger) throws(Violation) {
        let (worker, reader) = (try open(machine), try open(machine))
        let key = random.generator.pick(Cast.counted)
        let before = worker.counts.record(of: key, at: now)
        let next = FailureRecord(
            count: (before?.count ?? 0) + 1,
            until: now,
            forgottenAt: now.adding(seconds: 4000)
        )
        after.counts.begin(next, of: key, at: machine.position)
        worker.counts.update(key, at: now) { _ in next }
        after.counts.finish(next, of: key, at: machine.position)
        let isCounted = reader.counts.record(of: key, at: now) == next
        try Violation.unless(isCounted && worker.reports.isEmpty, "a failure is counted: \(worker.reports)")
        try Violation.unless(machine.countsSize <= 865 * 1024, "counts take \(machine.countsSize) bytes")
    }
}

extension SimulatedMachine {
    /// Whether there is a file of counts.
    fileprivate var hasCounts: Bool { countsSize > 0 }

    /// How many bytes counts take.
    fileprivate var countsSize: Int {
        content.withLock { machine in
            let state = machine.nodes[0].entries[String(SimulatedWorker.path.dropFirst())]
            return state.flatMap { machine.nodes[$0].entries["guesses"] }.map { machine.nodes[$0].bytes.count } ?? 0
        }
    }
}
