package import Counters

extension StatusDocument {
    /// The document of the counters, without what only the state and the engine know.
    ///
    /// - Parameter now: seconds since 1970.
    package init(version: String, reading: CounterReading, at now: Int64) {
        self.init()
        self.version = version
        time = now
        since = reading.since
        pool = Pool(reading)
        workers = reading.workers.map(Worker.init)
        let history = CounterHistory(reading, at: now)
        totals = Totals(reading.total, seconds: max(1, now - reading.since))
        lastMinute = Totals(history.last(60))
        lastHour = Totals(history.last(3600))
        let recent = history.last(600).counts
        latencies = CountedEndpoint.allCases.compactMap { Latency($0, recent.durations(of: $0)) }
        self.history = History(history.hour)
        clientsByUse = reading.clientsByUse.prefix(Self.listLimit)
            .map { ClientUse(clientID: $0.id, tokensIssued: $0.tokensIssued, refusals: $0.refusals) }
    }

    /// The longest list of clients.
    package static let listLimit = 20

    /// The existing clients that must wait at a moment.
    ///
    /// - Parameter stands: whether the client exists and has not been forgiven.
    package static func lockedOut(
        in reading: CounterReading,
        at now: Int64,
        where stands: (CounterReading.LockOut) async -> Bool
    ) async -> [LockOut] {
        var latest: [[UInt8]: CounterReading.LockOut] = [:]
        for entry in reading.lockOuts where entry.until > now {
            // Compared as bytes: ids that Unicode considers equivalent are different ids.
            let key = Array("\(entry.id)\n\(entry.address)".utf8)
            if latest[key].map({ $0.until < entry.until }) ?? true { latest[key] = entry }
        }
        var lockedOut: [LockOut] = []
        for entry in latest.values.sorted(by: { ($0.until, $0.id) > ($1.until, $1.id) }) {
            guard lockedOut.count < listLimit else { break }
            guard await stands(entry) else { continue }
            lockedOut.append(LockOut(clientID: entry.id, address: entry.address, until: entry.until))
        }
        return lockedOut
    }
}

extension StatusDocument.Member {
    /// The states that a member may be in.
    package static let states = ["connected", "unused", "failed"]
}

extension StatusDocument.Pool {
    /// The workers as their supervisors report them; workers without a supervisor count as serving.
    init(_ reading: CounterReading) {
        self.init()
        let live = reading.pools.filter(\.isLive)
        restarts = reading.pools.reduce(0) { $0 &+ $1.restarts }
        lastRestart = reading.pools.map(\.lastRestart).filter { $0 > 0 }.max()
        guard !live.isEmpty else {
            serving = reading.workers.count
            return
        }
        size = live.reduce(0) { $0 &+ $1.size }
        starting = live.reduce(0) { $0 &+ $1.starting }
        serving = live.reduce(0) { $0 &+ $1.serving }
        stopping = live.reduce(0) { $0 &+ $1.stopping }
    }
}

extension StatusDocument.Worker {
    fileprivate init(_ worker: CounterReading.Worker) {
        self.init(
            process: worker.process,
            since: worker.since,
            requests: worker.requests,
            connections: worker.connections,
            busy: worker.busy,
            slowHashes: worker.slowHashes
        )
    }
}

extension StatusDocument.Totals {
    fileprivate init(_ part: (counts: Counts, seconds: Int64)) {
        self.init(part.counts, seconds: part.seconds)
    }

    fileprivate init(_ counts: Counts, seconds: Int64) {
        self.init()
        self.seconds = seconds
        requests = counts.requests
        tokensIssued = counts.tokensIssued
        checks = CheckDecision.allCases.map { StatusDocument.Count(name: $0.rawValue, count: counts.checks($0)) }
        refusals = CountedRefusal.allCases.compactMap { refusal in
            let count = counts.refusals(refusal)
            guard count > 0 else { return nil }
            return StatusDocument.Refusal(error: refusal.error, reason: refusal.rawValue, count: count)
        }
        .sorted { $0.count > $1.count }
        dropped = counts.dropped
        auditFailures = counts.auditFailures
    }
}

extension StatusDocument.Latency {
    fileprivate init?(_ endpoint: CountedEndpoint, _ histogram: DurationHistogram) {
        guard histogram.count > 0 else { return nil }
        self.init(
            endpoint: endpoint.rawValue,
            requests: histogram.count,
            median: histogram.quantile(0.5),
            p99: histogram.quantile(0.99)
        )
    }
}

extension StatusDocument.History {
    fileprivate init(_ hour: [(begin: Int64, counts: Counts?)]) {
        self.init()
        begin = hour.first?.begin ?? 0
        step = CounterHistory.step
        let rate = { (count: UInt64) in Double(count) / Double(CounterHistory.step) }
        tokens = hour.map { $0.counts.map { rate($0.tokensIssued) } }
        allowed = hour.map { $0.counts.map { rate($0.checks(.allowed)) } }
        denied = hour.map { $0.counts.map { rate($0.checksDenied) } }
        var errors: [String] = []
        for refusal in CountedRefusal.allCases where !errors.contains(refusal.error) { errors.append(refusal.error) }
        refusals = errors.compactMap { error in
            let own = CountedRefusal.allCases.filter { $0.error == error }
            let counts = hour.map { $0.counts.map { counts in own.reduce(0) { $0 &+ counts.refusals($1) } } }
            guard counts.contains(where: { ($0 ?? 0) > 0 }) else { return nil }
            return Series(name: error, values: counts.map { $0.map(rate) })
        }
        tokenP99 = hour.map { $0.counts?.durations(of: .token).quantile(0.99) }
        checkP99 = hour.map { slot in
            guard let counts = slot.counts else { return nil }
            return counts.durations(of: .check).adding(counts.durations(of: .authorizer)).quantile(0.99)
        }
    }
}
