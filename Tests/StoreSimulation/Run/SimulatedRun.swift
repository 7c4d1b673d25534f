import FileStore
import GrantCore
import Synchronization
import SystemPackage

/// One life of a machine: processes that issue, look up, revoke, administer and purge, interleaved, some of them killed.
///
/// A seed says all of it. It runs on one thread: while one process is at a call, others may run to their end.
package final class SimulatedRun: @unchecked Sendable {
    package let machine: SimulatedMachine
    package var ledger: Ledger
    /// What was done, a line each.
    package private(set) var trace: [String] = []
    /// The calls that were made, by all processes.
    package private(set) var calls: [CallName] = []
    /// What befalls one of them.
    package private(set) var fault: PlannedFault?
    let random: RandomSource
    private let isWithKills: Bool
    private var faulted: ObjectIdentifier?
    private var workers: [SimulatedWorker] = []
    private var busy: Set<ObjectIdentifier> = []
    private var violation: Violation?
    private var kind = 0
    private var isClockAhead = false

    /// A run on a machine, which others may have run on before.
    ///
    /// - Parameters:
    ///   - isWithKills: whether processes are killed now and then.
    ///   - fault: what befalls one of the calls.
    package init(
        on machine: SimulatedMachine,
        ledger: Ledger,
        random: RandomSource,
        isWithKills: Bool = true,
        fault: PlannedFault? = nil
    ) {
        self.machine = machine
        self.ledger = ledger
        self.random = random
        self.isWithKills = isWithKills
        self.fault = fault
    }

    /// A machine on which nothing was done yet; on some, root sets the state up for the service.
    package static func newMachine(_ random: RandomSource) -> (SimulatedMachine, Ledger) {
        var nodes = [Node(owner: User.root, isDirectory: true, parent: 0)]
        var ledger = Ledger()
        if random.generator.isOnce(in: 3) {
            nodes.append(Node(owner: User.service, isDirectory: true, parent: 0))
            nodes.apply(.change(directory: 0, [EntryChange(String(SimulatedWorker.path.dropFirst()), 1)]))
            ledger.founder = User.root
        }
        return (SimulatedMachine(nodes, time: Cast.start), ledger)
    }

    /// Does so many things, one after another but for those that come in between.
    package func run(steps: Int) throws(Violation) {
        for _ in 0..<steps {
            step(depth: 0)
            if let violation { throw violation }
        }
    }

    private func step(depth: Int) {
        let outer = kind
        defer { kind = outer }
        // Those that do the same come by each other most.
        if depth == 0 || random.generator.isOnce(in: 2) { kind = Int.random(in: 0..<36, using: &random.generator) }
        // The ledger knows what is right by a clock that is; these are what a wrong one must not do harm by.
        if isClockAhead { kind = random.generator.pick([0, 0, 8, 17]) }
        switch kind {
        case 0..<7: byWorker(depth, issue)
        case 7: byWorker(depth, askHealth)
        case 8..<10: byWorker(depth, find)
        case 10..<12: byWorker(depth, revoke)
        case 12..<16: byAdministrator(depth, changeClient)
        case 16: byAdministrator(depth, removeClient)
        case 17: byAdministrator(depth, purge)
        case 18: passTime()
        case 19..<21: byWorker(depth, count)
        case 21: byWorker(depth, readCount)
        case 22: byWorker(depth, append)
        case 23: random.generator.isOnce(in: 3) ? byAdministrator(depth, append) : byWorker(depth, append)
        case 24: byRotation(depth)
        case 25..<27: byWorker(depth, use)
        case 27..<31: byWorker(depth, readClient)
        case 31: leap(depth)
        case 32..<35: byWorker(depth, useAssertion)
        default: restart()
        }
    }

    private func passTime() {
        let seconds = random.generator.pick([1, 20, 70, 700, 5000])
        machine.advance(seconds: Int64(seconds))
        note("\(seconds) s pass")
    }

    /// For some steps the clock is ahead, so far that windows seem to have passed.
    private func leap(_ depth: Int) {
        let seconds = Int.random(in: 100..<90_000, using: &random.generator)
        machine.setClock(by: Int64(seconds))
        isClockAhead = true
        note("the clock is set \(seconds) s ahead")
        for _ in 0..<3 { step(depth: depth) }
        isClockAhead = false
        machine.setClock(by: Int64(-seconds))
        note("the clock is set right")
    }

    private func restart() {
        workers.removeAll { !busy.contains(ObjectIdentifier($0.process)) }
        note("the workers are restarted")
    }

    /// Lets one of the workers do something; there are at most three that are not busy.
    private func byWorker(_ depth: Int, _ body: (SimulatedWorker) throws -> Void) {
        let free = workers.filter { !busy.contains(ObjectIdentifier($0.process)) }
        if free.count < 3, free.isEmpty || random.generator.isOnce(in: 3) {
            if ledger.setUp == nil { _ = open(ledger.founder, depth) }
            guard ledger.setUp != nil, let worker = open(User.service, depth) else { return }
            workers.append(worker)
            return run(worker.process, depth) { try body(worker) }
        }
        let worker = random.generator.pick(free)
        run(worker.process, depth) { try body(worker) }
    }

    /// Lets a new process do something and end.
    private func byAdministrator(_ depth: Int, _ body: (SimulatedWorker) throws -> Void) {
        let isByRoot = ledger.founder == User.root && (ledger.setUp == nil || random.generator.isOnce(in: 2))
        guard let administrator = open(isByRoot ? User.root : User.service, depth) else { return }
        run(administrator.process, depth) { try body(administrator) }
    }

    /// Lets a new process rotate the audit and end.
    private func byRotation(_ depth: Int) {
        let process = machine.process(user: User.root)
        run(process, depth) { rotate(by: process) }
    }

    private func open(_ user: UInt32, _ depth: Int) -> SimulatedWorker? {
        let process = machine.process(user: user)
        let durability: Durability = random.generator.isOnce(in: 3) ? .process : .disk
        var worker: SimulatedWorker?
        run(process, depth) {
            worker = try SimulatedWorker(process, durability, random: random)
            note("user \(user) opens the state, \(durability)")
            if ledger.setUp == nil { ledger.setUp = machine.position }
        }
        return worker
    }

    /// Runs a process for a while, kills it in the midst of it, or lets others run in between; once in a while each.
    private func run(_ process: SimulatedProcess, _ depth: Int, _ body: () throws -> Void) {
        let moment = process.calls.count + Int.random(in: 0..<14, using: &random.generator)
        // Who sets the state up is killed more often, for that is done once.
        let isKilled = random.generator.isOnce(in: ledger.setUp == nil ? 3 : 16) && isWithKills
        let isInterrupted = random.generator.isOnce(in: 5) && depth < 2
        busy.insert(ObjectIdentifier(process))
        process.intercept { [self] number, call in
            if number == moment, isInterrupted {
                note("before \(call):")
                step(depth: depth + 1)
                note("again the one before:")
            }
            calls.append(call)
            if number == moment, isKilled {
                note("killed before \(call)")
                return .kill
            }
            return meetFault(of: process, call)
        }
        do {
            try body()
        } catch let violation as Violation {
            fail(violation)
        } catch {
            note("failed: \(error)")
            judge(error, process)
        }
        process.intercept(nil)
        busy.remove(ObjectIdentifier(process))
        if faulted == ObjectIdentifier(process) { faulted = nil }
        workers.removeAll(where: \.process.isDead)
    }

    private func meetFault(of process: SimulatedProcess, _ call: CallName) -> Fault? {
        guard let planned = fault, planned.number == calls.count - 1 else { return nil }
        note("\(planned.fault) befalls \(call)")
        fault?.met = call
        faulted = ObjectIdentifier(process)
        return planned.fault
    }

    /// An error has to have a cause, and to be the one that its cause is to have.
    private func judge(_ error: any Error, _ process: SimulatedProcess) {
        if process.isDead { return }
        // What would wait for a lock gives up here, also after it has overcome a fault.
        if "\(error)".contains("flock: \(Errno.wouldBlock)") { return }
        // Root was ended while it made the audit: nobody else can write there until root has, or an administrator.
        if case StorageError.unaudited = error, machine.content.withLock({ $0.nodes.isAuditHalfMade }) { return }
        let isRight: Bool
        let isSync: Bool
        if process.hasHeardOfFailedSync {
            isSync = true
            isRight = isExpected(error, of: .ioError, isSync: true)
        } else if faulted == ObjectIdentifier(process), let fault, case .failure(let errno) = fault.fault {
            isSync = fault.met == .fsync || fault.met == .fdatasync
            isRight = isExpected(error, of: errno, isSync: isSync)
        } else if faulted == ObjectIdentifier(process), fault?.fault == .short, fault?.met == .pwrite {
            // A line of the audit is written in one call, or not at all.
            isSync = false
            isRight = if case StorageError.unaudited = error { true } else { false }
        } else {
            // Nothing else has a reason to fail.
            isSync = false
            isRight = false
        }
        if !isRight { fail(Violation(fault.map { "\($0) has come to \(error)" } ?? "\(error)")) }
        // A process whose sync failed ends.
        if isSync { process.kill() }
    }

    private func isExpected(_ error: any Error, of errno: Errno, isSync: Bool) -> Bool {
        let isFull = !isSync && (errno == .noSpace || errno == .diskQuotaExceeded)
        if let failure = error as? HealthFailure,
            (failure.reason == "there is no room for another token") != isFull
        {
            return false
        }
        return switch (error as? HealthFailure)?.cause ?? error {
        case StorageError.syncFailed: isSync
        case StorageError.full: isFull
        case StorageError.unavailable: !isFull && !isSync
        case StorageError.unaudited: !isSync
        case AdministrationError.failed(let failure), StateError.unusable(_, let failure): failure.errno == errno
        default: false
        }
    }

    /// Whether a fault befalls what a process is at.
    func isFaulted(_ process: SimulatedProcess) -> Bool { faulted == ObjectIdentifier(process) }

    func fail(_ violation: Violation) {
        if self.violation == nil { self.violation = violation }
    }

    /// What was done, and what that did to the files.
    package var account: String {
        let log = machine.content.withLock { $0.log }.enumerated().map { number, logged in
            "\(number + 1): process \(logged.process): \(logged.operation)"
        }
        return """
            What was done, by positions in the log since the machine was started:
            \(trace.joined(separator: "\n"))
            The log:
            \(log.joined(separator: "\n"))
            """
    }

    func note(_ line: String) {
        trace.append("\(machine.position): \(line)")
    }
}
