import Glibc
import Linux

/// What a worker counts. Nothing of it can fail: where the file of counters cannot be used, it counts for itself.
///
/// An event costs an addition to memory that the processes of a state directory share, and no call. Every 10 seconds
/// the worker takes a sample of all counts, and looks whether the file is still there and whole.
package final class WorkerCounters {
    package typealias Instant = ContinuousClock.Instant

    private let directory: String
    private let countsClients: Bool
    private let report: (CountersFault?) -> Void
    // Sound: one thread counts, and no event counts another. The check would cost more than the counting.
    @exclusivity(unchecked) private var area = CountedArea()
    private var file: CounterFile?
    /// The file that was open before it was found to be of no use, until there is another.
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
    ///   - report: hears why the file cannot be used, once, and nil when it can be again.
    package init(in directory: String, countsClients: Bool, report: @escaping (CountersFault?) -> Void) {
        self.directory = directory
        self.countsClients = countsClients
        self.report = report
        nextLook = .now
        look(at: nextLook)
    }

    /// An endpoint's answer is decided; it may be held until its time.
    ///
    /// - Parameter received: when its request began.
    package func answered(_ endpoint: CountedEndpoint, status: Int, received: Instant, at decided: Instant) {
        if decided >= nextLook { look(at: decided) }
        unsafe area.numbers.add(1, at: CounterLayout.requests(endpoint, status: status))
        count(received.duration(to: decided), at: CounterLayout.durations(of: endpoint))
    }

    /// The engine answered a question.
    package func engineAnswered(after duration: Duration) {
        count(duration, at: CounterLayout.engineDurations)
    }

    /// A check is decided.
    package func checked(_ decision: CheckDecision) {
        unsafe area.numbers.add(1, at: CounterLayout.checks + decision.index)
    }

    /// A token was issued to a client.
    package func issued(to client: @autoclosure () -> String) {
        unsafe area.numbers.add(1, at: CounterLayout.tokensIssued)
        if let clients { clients.countIssued(client()) }
    }

    /// A token was revoked.
    package func revoked() {
        unsafe area.numbers.add(1, at: CounterLayout.tokensRevoked)
    }

    /// An endpoint refused a request.
    ///
    /// - Parameters:
    ///   - client: the client that the request named.
    ///   - isKnown: whether the refusal shows that the client exists.
    package func refused(_ refusal: CountedRefusal, client: @autoclosure () -> String?, isKnown: Bool) {
        unsafe area.numbers.add(1, at: CounterLayout.refusals + refusal.index)
        if let clients, let client = client() { clients.countRefused(client, isKnown: isKnown) }
    }

    /// A check was denied that named a client.
    package func denied(_ client: @autoclosure () -> String) {
        if let clients { clients.countRefused(client(), isKnown: true) }
    }

    /// A client has to wait after too many failures.
    ///
    /// - Parameter seconds: for how long.
    package func lockedOut(_ client: String, from address: String, seconds: Int) {
        unsafe area.lockOut(client, from: address, until: WallClock.now + 1 + Int64(seconds))
    }

    /// A request did not reach an endpoint.
    package func dropped() {
        unsafe area.numbers.add(1, at: CounterLayout.dropped)
    }

    /// The audit did not take a line.
    package func unaudited() {
        unsafe area.numbers.add(1, at: CounterLayout.auditFailures)
    }

    /// How many connections are open now, and on how many of them there is a request.
    package func connections(_ open: Int, busy: Int) {
        unsafe area.set(UInt64(open), AreaFormat.connections)
        unsafe area.set(UInt64(busy), AreaFormat.busy)
    }

    /// How many requests wait for slow hashes now, or have one computed.
    package func slowHashes(_ count: Int) {
        unsafe area.set(UInt64(count), AreaFormat.slowHashes)
    }

    /// The counts of all workers, this one's among them.
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

    /// Opens the file where it is not open or not what it was, and takes a sample if one is due.
    private func look(at now: Instant) {
        let time = WallClock.now
        do throws(CountersFault) {
            if !isCurrent { try begin(at: time) }
            if let file { try History.sample(file, at: time) }
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
        // A process that has nothing else to do yet waits for others; requests do not.
        let patience: Duration = hasBegun ? .milliseconds(5) : .seconds(1)
        hasBegun = true
        clients = nil
        damaged = file ?? damaged
        file = nil
        let opened = try CounterFile(in: directory, inPlaceOf: damaged, patience: patience)
        unsafe area = try CountedArea(in: opened, process: getpid(), at: time, patience: patience)
        if countsClients { clients = try ClientTable(in: opened) }
        file = opened
        damaged = nil
    }
}
