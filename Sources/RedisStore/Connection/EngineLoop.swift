import Glibc
import Linux

/// The connections, timers and tasks of an engine's client: what a worker's event loop serves beside its requests.
@safe package final class EngineLoop: EventSource {
    private var queue: EventQueue
    private var connections: [Int32: RedisConnection] = [:]
    private var lastGeneration: UInt32 = 0
    private var timers: [Timer] = []
    private let executor = ThreadExecutor()
    private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 65536, alignment: 16)

    @safe private struct Timer {
        let instant: ContinuousClock.Instant
        let continuation: UnsafeContinuation<Void, Never>
    }

    private let patience: Duration
    /// Is told how long each question took to be answered.
    var observeAnswer: (Duration) -> Void = { _ in }

    /// A loop without connections.
    ///
    /// - Parameter patience: how long a question waits for its answer.
    init(patience: Duration) throws(SystemCallFailure) {
        self.patience = patience
        queue = try EventQueue()
    }

    deinit {
        unsafe buffer.deallocate()
    }

    package var descriptor: Int32 { queue.number }

    package var deadline: ContinuousClock.Instant? {
        var earliest: ContinuousClock.Instant?
        for timer in timers { earliest = min(earliest ?? timer.instant, timer.instant) }
        for connection in connections.values {
            if let deadline = connection.deadline { earliest = min(earliest ?? deadline, deadline) }
        }
        return earliest
    }

    /// Begins a connection.
    func connect(to endpoint: Endpoint) throws(ConnectionFailure) -> RedisConnection {
        let connection = try RedisConnection(to: endpoint, patience: patience)
        connection.observeAnswer = { [unowned self] in observeAnswer($0) }
        lastGeneration &+= 1
        connection.generation = lastGeneration
        connections[connection.number] = connection
        return connection
    }

    /// Starts a task beside those of requests.
    func start(_ operation: @escaping () async -> Void) {
        _ = executor.start(operation)
    }

    /// Waits for so long.
    func sleep(for duration: Duration) async {
        let instant = ContinuousClock.now + duration
        // Sound: a timer is resumed once, when it leaves the list.
        await unsafe withUnsafeContinuation { timers.append(unsafe Timer(instant: instant, continuation: $0)) }
    }

    package func handleEvents() {
        do throws(SystemCallFailure) {
            try queue.look()
        } catch {
            return
        }
        let now = ContinuousClock.now
        for index in queue.ready {
            let event = queue[index]
            guard let connection = connections[event.number], connection.generation == event.generation else {
                continue
            }
            unsafe connection.goOn(at: now, buffer)
        }
        for connection in Array(connections.values) { connection.passDeadline(at: now) }
        passTimers(at: now)
    }

    private func passTimers(at now: ContinuousClock.Instant) {
        guard timers.contains(where: { $0.instant <= now }) else { return }
        let due = timers.filter { $0.instant <= now }
        timers.removeAll { $0.instant <= now }
        for timer in due { unsafe timer.continuation.resume() }
    }

    package func flush() -> Bool {
        var hasRun = false
        while executor.runNext() { hasRun = true }
        for connection in Array(connections.values) {
            if connection.hasOutput, connection.interest?.contains(.writable) != true {
                connection.send()
                hasRun = true
            }
            watch(connection)
        }
        return hasRun
    }

    /// Has the kernel watch a connection for what it needs, or no longer if it has failed.
    private func watch(_ connection: RedisConnection) {
        guard connection.failure == nil else {
            if connection.interest != nil { try? queue.remove(connection.number) }
            connections[connection.number] = nil
            return
        }
        let wanted = connection.wantedInterest
        guard connection.interest != wanted else { return }
        do throws(SystemCallFailure) {
            if connection.interest == nil {
                try queue.add(connection.number, for: wanted, generation: connection.generation)
            } else {
                try queue.change(connection.number, to: wanted, generation: connection.generation)
            }
            connection.watched(for: wanted)
        } catch {
            connection.fail(.failed(error))
        }
    }
}
