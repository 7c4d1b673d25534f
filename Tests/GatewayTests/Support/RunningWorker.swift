import CLinux
import Glibc
import Linux
import Synchronization

@testable import Gateway

/// A worker in a thread of this process, on a unix socket of its own.
final class RunningWorker: Sendable {
    static let limits = FastCGILimits(
        body: 1000,
        parameters: 4096,
        requestTime: .seconds(1),
        answerTime: .milliseconds(500),
        drainTime: .milliseconds(300),
        stopTime: .milliseconds(500)
    )

    let path: String
    let events = EventList()
    let turns = Turns()
    private let listener: Int32
    private let stopSwitch: Int32?
    private let thread = Mutex<pthread_t>(pthread_t())
    private let state = Mutex(State())

    private struct State {
        var end: WorkerEnd?
        var tasksLeft: Int?
        var isStopped = false
    }

    /// Starts a worker that `stop` stops, or signals to its thread.
    ///
    /// - Parameters:
    ///   - capacity: how many requests may wait for their turn, `patience` each.
    init(
        limits: FastCGILimits = limits,
        capacity: Int = 128,
        patience: Duration = .seconds(4),
        signals: Bool = false
    ) {
        path = "/gateway-tests-\(getpid())-\(UInt32.random(in: 0...UInt32.max))"
        listener = UnixSocket.listening(at: path)
        var ends: [Int32] = [-1, -1]
        // On exec they close: a process that another test starts would keep them open.
        if !signals { unsafe pipe2(&ends, O_CLOEXEC) }
        stopSwitch = signals ? nil : ends[1]
        let readingEnd = ends[0]
        let body: @Sendable () -> (WorkerEnd, tasksLeft: Int?) = { [listener, events, turns] in
            do throws(SystemCallFailure) {
                let stop = signals ? try StopSource.signals() : StopSource(owning: readingEnd)
                let background = BackgroundQueue(capacity: capacity, patience: patience)
                var worker = try FastCGIWorker(
                    limits: limits,
                    listener: listener,
                    background: background,
                    stop: stop,
                    observer: events
                )
                let end = worker.run(ScriptedHandler(turns: turns, background: background))
                return (end, worker.tasks.count)
            } catch {
                return (.listenerFailed(error), nil)
            }
        }
        thread.withLock {
            $0 = Threads.start { [self] in
                let (end, tasksLeft) = body()
                state.withLock { ($0.end, $0.tasksLeft) = (end, tasksLeft) }
            }
        }
    }

    deinit {
        close(listener)
    }

    /// Why it ended, within two seconds; nil if it has not. `run` keeps the worker in use, so end it in every test.
    func end(within limit: Duration = .seconds(2)) -> WorkerEnd? {
        let deadline = ContinuousClock.now + limit
        while true {
            let end = state.withLock { $0.end }
            if end != nil || ContinuousClock.now >= deadline { return end }
            usleep(1000)
        }
    }

    /// How many tasks it had begun and not ended when it ended; nil before.
    var tasksLeft: Int? { state.withLock { $0.tasksLeft } }

    /// Tells the worker to stop, and says how it ended.
    @discardableResult
    func stop() -> WorkerEnd? {
        beginStop()
        return end()
    }

    /// Tells the worker to stop.
    func beginStop() {
        if let stopSwitch, state.withLock({ state in !exchange(&state.isStopped, with: true) }) { close(stopSwitch) }
    }

    /// Sends a signal to the worker's thread (`pthread_kill(3)`).
    func signal(_ number: Int32) {
        pthread_kill(thread.withLock { $0 }, number)
    }

    /// The processor time that the worker has used.
    var processorTime: Duration {
        var clock = clockid_t()
        var time = timespec()
        unsafe pthread_getcpuclockid(thread.withLock { $0 }, &clock)
        unsafe clock_gettime(clock, &time)
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }

    /// Whether a good request gets its answer.
    func serves() -> Bool {
        Peer(path).exchange(Wire.request(body: "still there"))?.hasSuffix("\r\n\r\nstill there") ?? false
    }
}
