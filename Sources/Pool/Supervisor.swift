import Glibc
package import Linux
package import Logging

/// Runs a pool: starts its workers, watches them and replaces them, until it is told to stop.
///
/// It reads no secrets, opens no files of the state, and sleeps while nothing happens.
package struct Supervisor: ~Copyable {
    private let program: WorkerProgram
    private let signals: SignalQueue
    private let reloadLogLevel: () -> Logger.Level?
    private let observe: (PoolCensus) -> Void
    private var census = PoolCensus()
    private var socket: PoolSocket
    private var pool: Pool
    private var reports: [Int32: StartReport] = [:]
    private var reasons: [Int32: String] = [:]
    private var lastFailure = WorkerFailure()
    private var log: PoolLog
    private var announcer: ServiceNotifier

    /// - Parameters:
    ///   - socket: what the workers are to serve.
    ///   - manager: who is told how it goes.
    ///   - reloadLogLevel: what the settings say now, asked when the workers are to be replaced; nil leaves it as it is.
    ///   - observe: is told how many workers there are whenever that changes.
    package init(
        size: Int,
        program: WorkerProgram,
        socket: consuming PoolSocket,
        manager: ServiceManager,
        log: PoolLog,
        reloadLogLevel: @escaping () -> Logger.Level?,
        observe: @escaping (PoolCensus) -> Void = { _ in }
    ) throws(SystemCallFailure) {
        signals = try SignalQueue()
        pool = Pool(size: size)
        announcer = ServiceNotifier(manager)
        self.log = log
        self.program = program
        self.socket = socket
        self.reloadLogLevel = reloadLogLevel
        self.observe = observe
    }

    /// Runs the pool, and says how it ended.
    ///
    /// - Parameter place: where its socket is, for the log.
    package mutating func run(on place: String) throws(SystemCallFailure) -> SupervisorEnd {
        log.starting(pool.size, on: place)
        while true {
            while let step = pool.next(at: .now) { perform(step) }
            announcer.announce(pool, at: .now)
            observePool()
            if pool.isFinished { break }
            let wakeUp = [pool.wakeUp, announcer.wakeUp].compactMap(\.self).min()
            try waitToRead([signals.number] + reports.values.map(\.number), until: wakeUp)
            takeSignals()
            for (process, report) in reports { hear(report, of: process) }
            reap()
        }
        socket.withdraw()
        if pool.hasFailedToStart { return .neverServed(lastFailure) }
        log.stopped()
        return .stopped
    }

    private mutating func observePool() {
        let now = PoolCensus(pool, restarts: census.restarts)
        guard now != census else { return }
        census = now
        observe(now)
    }

    private mutating func perform(_ step: PoolStep) {
        switch step {
        case .start:
            start()
        case .terminate(let process):
            log.told(process)
            kill(process, SIGTERM)
        case .kill(let process):
            log.killed(process)
            kill(process, SIGKILL)
        case .reloaded:
            log.reloaded()
            announcer.reloaded()
        }
    }

    private mutating func start() {
        do throws(SystemCallFailure) {
            let pipe = try Pipe()
            let process = try program.start(socket: socket.number, report: pipe.writing.number)
            pool.started(process, at: .now)
            log.started(process)
            reports[process] = StartReport(pipe.readingEnd())
        } catch {
            failed(WorkerFailure(reason: error.description), pool.startFailed(at: .now))
        }
    }

    private mutating func takeSignals() {
        let taken = signals.take()
        if taken.contains(SIGTERM) || taken.contains(SIGINT) { stop() }
        if taken.contains(SIGHUP) { reload() }
    }

    private mutating func stop() {
        guard !pool.isStopping else { return }
        log.stopping()
        pool.stop()
        announcer.stopping()
        // Before the workers stop: no socket is better than one that is not served.
        socket.withdraw()
    }

    private mutating func reload() {
        guard !pool.isStopping else { return }
        if let level = reloadLogLevel() { log.setLevel(level) }
        log.reloading()
        pool.reload()
        announcer.reloading()
    }

    /// Takes what a worker says of its start. Why it failed is kept until it has ended.
    private mutating func hear(_ report: StartReport, of process: Int32) {
        switch report.read() {
        case nil: return
        case .ready:
            if pool.becameReady(process, at: .now) { log.ready(process) }
        case .failed(let reason):
            reasons[process] = reason
        }
        reports[process] = nil
    }

    private mutating func reap() {
        var status: Int32 = 0
        // Sound: the call fills a local integer.
        while case let process = unsafe waitpid(-1, &status, WNOHANG), process > 0 {
            // What it said last still lies in the pipe.
            if let report = reports[process] { hear(report, of: process) }
            reports[process] = nil
            let reason = reasons.removeValue(forKey: process)
            let end = ProcessEnd(waitStatus: status)
            guard let loss = pool.ended(process, end, at: .now) else { continue }
            failed(WorkerFailure(process: process, end: end, reason: reason ?? ""), loss)
        }
    }

    private mutating func failed(_ failure: WorkerFailure, _ loss: WorkerLoss) {
        lastFailure = failure
        if loss.isRestart {
            census.restarts += 1
            observe(census)
        }
        log.lost(failure, loss)
        announcer.lost(failure, loss)
    }
}
