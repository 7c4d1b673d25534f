import Glibc
import Linux

/// A worker's counters. None of its methods can fail: if the file cannot be used, the worker counts in private memory.
///
/// An event costs an addition to shared memory and no system call. At most every 10 seconds an event also writes a
/// sample of the history and verifies that the file is still in place and undamaged.
package final class WorkerCounters {
    package typealias Instant = ContinuousClock.Instant

    private let directory: String
    private let countsClients: Bool
    private let report: (CountersFault?) -> Void
    // Sound: one thread counts, and no event counts another. The check would cost more than the counting.
    @exclusivity(unchecked) private var area = WorkerArea()
    private var file: CounterFile?
    /// The previous file, found damaged, until a new one is open.
    private var damaged: CounterFile?
    private var clients: ClientTable?
    private var fault: CountersFault?
    private var hasBegun = false
    private var nextLook: Instant

    /// Begins to count.
    ///
    /// - Parameters:
    ///   - directory: the path of the state directory.
    ///   - countsClients: whether to count by client as well.
    ///   - report: is called once with the reason if the file cannot be used, and with nil when it can again.
    package init(in directory: String, countsClients: Bool, report: @escaping (CountersFault?) -> Void) {
        self.directory = directory
        self.countsClients = countsClients
        self.report = report
        nextLook = .now
        look(at: nextLook)
    }

    /// Counts a request whose answer is decided; the answer may be held until its time.
    ///
    /// - Parameter received: when its request began.
    package func answered(_ endpoint: CountedEndpoint, status: Int, received: Instant, at decided: Instant) {
        if decided >= nextLook { look(at: decided) }
        unsafe area.numbers.add(1, at: CounterLayout.requests(endpoint, status: status))
        count(received.duration(to: decided), at: CounterLayout.durations(of: endpoint))
    }

    /// Counts an answer of the engine.
    package func engineAnswered(after duration: Duration) {
        count(duration, at: CounterLayout.engineDurations)
    }

    /// Counts a check.
    package func checked(_ decision: CheckDecision) {
        unsafe area.numbers.add(1, at: CounterLayout.checks + decision.index)
    }

    /// Counts an issued token.
    package func issued(to client: @autoclosure () -> String) {
        unsafe area.numbers.add(1, at: CounterLayout.tokensIssued)
        if let clients { clients.countIssued(client()) }
    }

    /// Counts a revoked token.
    package func revoked() {
        unsafe area.numbers.add(1, at: CounterLayout.tokensRevoked)
    }

    /// Counts a request that an endpoint refused.
    ///
    /// - Parameters:
    ///   - client: the client that the request named.
    ///   - isKnown: whether the refusal proves that the client exists.
    package func refused(_ refusal: CountedRefusal, client: @autoclosure () -> String?, isKnown: Bool) {
        unsafe area.numbers.add(1, at: CounterLayout.refusals + refusal.index)
        if let clients, let client = client() { clients.countRefused(client, isKnown: isKnown) }
    }

    /// Counts a denied check of a client's active token.
    package func denied(_ client: @autoclosure () -> String) {
        if let clients { clients.countRefused(client(), isKnown: true) }
    }

    /// Records that a client must wait after too many failures.
    ///
    /// - Parameter seconds: for how long.
    package func lockedOut(_ client: String, from address: String, seconds: Int) {
        unsafe area.lockOut(client, from: address, until: WallClock.now + 1 + Int64(seconds))
    }

    /// Counts a request that did not reach an endpoint.
    package func dropped() {
        unsafe area.numbers.add(1, at: CounterLayout.dropped)
    }

    /// Counts a line that the audit did not take.
    package func unaudited() {
        unsafe area.numbers.add(1, at: CounterLayout.auditFailures)
    }

    /// Sets the gauges of open connections and of those busy with a request.
    package func connections(_ open: Int, busy: Int) {
        unsafe area.set(UInt64(open), AreaFormat.connections)
        unsafe area.set(UInt64(busy), AreaFormat.busy)
    }

    /// Sets the gauge of requests that wait for a slow hash or have one computed.
    package func slowHashes(_ count: Int) {
        unsafe area.set(UInt64(count), AreaFormat.slowHashes)
    }

    /// Reads the counts of all workers.
    package func reading(withHistory: Bool) throws(CountersFault) -> CounterReading {
        look(at: .now)
        guard let file else { throw fault ?? .missing }
        return try unsafe CounterReading(file, ownArea: area.index, withHistory: withHistory)
    }

    private func count(_ duration: Duration, at index: Int) {
        let units = DurationBuckets.units(of: duration)
        unsafe area.numbers.add(1, at: index + DurationBuckets.index(of: units))
        unsafe area.numbers.add(units, at: index + DurationBuckets.count)
    }

    /// Verifies the file, reopens it if necessary, and writes a sample if one is due.
    private func look(at now: Instant) {
        let time = WallClock.now
        do throws(CountersFault) {
            if !isCurrent { try begin(at: time) }
            if let file { try SampleRing.sample(file, at: time) }
            if fault != nil { report(nil) }
            fault = nil
        } catch {
            if fault != error { report(error) }
            fault = error
        }
        nextLook = now + .seconds(CounterFormat.slotSeconds - time % CounterFormat.slotSeconds)
    }

    private var isCurrent: Bool {
        guard let file, file.isCurrent, unsafe area.isCurrent(in: file) else { return false }
        return clients?.isCurrent ?? true
    }

    private func begin(at time: Int64) throws(CountersFault) {
        // At the start there is time to wait for a lock; later, requests would wait with it.
        let patience: Duration = hasBegun ? .milliseconds(5) : .seconds(1)
        hasBegun = true
        clients = nil
        damaged = file ?? damaged
        file = nil
        let opened = try CounterFile(in: directory, inPlaceOf: damaged, patience: patience)
        unsafe area = try WorkerArea(in: opened, process: getpid(), at: time, patience: patience)
        if countsClients { clients = try ClientTable(in: opened) }
        file = opened
        damaged = nil
    }
}
