import FileStore
import GrantCore

/// Events are appended to the audit, which is rotated now and then.
extension SimulatedRun {
    /// Appends an event.
    func append(by worker: SimulatedWorker) throws {
        let kind: AuditEvent.Kind = random.generator.isOnce(in: 3) ? .denial : .issue
        let client = random.generator.pick(Cast.clients)
        let (number, event) = ledger.audit.begin(kind, of: client, worker.durability, at: machine.position)
        try worker.audit.append(event)
        ledger.audit.finish(number, at: machine.position)
        note("event \(number) is appended, a \(kind), \(worker.durability)")
    }

    /// Renames the audit, as logrotate does: without a lock, and without a word to anybody.
    func rotate(by process: SimulatedProcess) {
        do throws(FileStoreError) {
            let root = try Directory(path: "/", fileSystem: process)
            let name = SimulatedWorker.auditName
            try process.rename(name, to: "\(name).\(machine.position)", in: root.descriptor)
            note("the audit is rotated")
        } catch {
            // There is none yet, or a fault is in the way.
            note("the audit is not rotated: \(error)")
        }
    }
}
