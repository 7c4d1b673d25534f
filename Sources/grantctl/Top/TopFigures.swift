import Counters
import Monitoring

/// What `grantctl top` shows of a moment, as values. All rates are a second.
struct TopFigures {
    /// Seconds since 1970.
    var time: Int64
    /// When counting began.
    var since: Int64?
    /// Whether workers serve, in a sentence.
    var sentence: String
    /// What to do if they do not.
    var advice: String?
    var endpoints: [Endpoint] = []
    /// Tokens issued and checks by decision.
    var outcomes: [Rate] = []
    /// Refusals by reason.
    var refusals: [Rate] = []
    var workers: [Worker] = []
    /// Clients by use; empty unless they are counted.
    var clients: [Client] = []
    /// Tokens issued and checks in the last hour, by slots of 10 seconds.
    var tokens: [Double?] = []
    var checks: [Double?] = []

    /// How often something happens.
    struct Rate {
        var name: String
        /// Over the last interval; nil in the first one.
        var now: Double?
        /// Over the last minute.
        var minute: Double
    }

    /// An endpoint's requests.
    struct Endpoint {
        var rate: Rate
        /// How long they took within the last minute, in seconds.
        var median: Double?
        var p99: Double?
    }

    /// A worker.
    struct Worker {
        var process: Int32
        /// For how many seconds it has run.
        var age: Int64
        /// Requests over the last interval; nil if it was not seen before.
        var now: Double?
        var connections: Int
        var busy: Int
        var slowHashes: Int
    }

    /// A client, over the last interval and since counting began.
    struct Client {
        var id: String
        var tokens: Double?
        var refusals: Double?
        var tokensIssued: UInt64
    }

    /// What there is to show while there are no counters.
    init(_ fault: CountersFault, at time: Int64) {
        self.time = time
        sentence = "no counters: \(fault)"
        advice = fault.advice
    }

    /// What a sample shows.
    init(_ sample: CounterSample) {
        let reading = sample.reading
        let status = StatusDocument(version: "", reading: reading, at: sample.time)
        time = sample.time
        since = reading.since
        sentence = status.workersSentence
        advice = status.serves ? nil : StatusDocument.adviceWithoutWorkers
        endpoints = CountedEndpoint.allCases.compactMap { endpoint in
            guard reading.total.durations(of: endpoint).count > 0 else { return nil }
            let durations = sample.minute.counts.durations(of: endpoint)
            return Endpoint(
                rate: sample.rate(endpoint.rawValue) { $0.durations(of: endpoint).count },
                median: durations.quantile(0.5),
                p99: durations.quantile(0.99)
            )
        }
        outcomes = [
            sample.rate("tokens issued") { $0.tokensIssued }, sample.rate("checks allowed") { $0.checks(.allowed) },
        ]
        outcomes += CheckDecision.allCases.filter { $0 != .allowed }.compactMap { decision in
            sample.recentRate("denied: \(decision.rawValue)") { $0.checks(decision) }
        }
        refusals = CountedRefusal.allCases.compactMap { refusal in
            sample.recentRate(refusal.rawValue) { $0.refusals(refusal) }
        }
        .sorted { $0.minute > $1.minute }
        workers = sample.workers
        clients = sample.clients
        tokens = sample.hour.tokens
        checks = sample.hour.checks
    }

    /// The most clients that are shown.
    fileprivate static let clientLimit = 10
}

extension CounterSample {
    fileprivate func rate(_ name: String, _ count: (Counts) -> UInt64) -> TopFigures.Rate {
        TopFigures.Rate(name: name, now: interval?.rate(count), minute: minute.rate(count))
    }

    /// The rate of what happened within the last minute; nil if it did not.
    fileprivate func recentRate(_ name: String, _ count: (Counts) -> UInt64) -> TopFigures.Rate? {
        count(minute.counts) == 0 && (interval.map { count($0.counts) } ?? 0) == 0 ? nil : rate(name, count)
    }

    fileprivate var workers: [TopFigures.Worker] {
        reading.workers.map { worker in
            let before = previous?.workers.first { $0.process == worker.process && $0.since == worker.since }
            return TopFigures.Worker(
                process: worker.process,
                age: time - worker.since,
                now: difference(worker.requests, before?.requests),
                connections: worker.connections,
                busy: worker.busy,
                slowHashes: worker.slowHashes
            )
        }
    }

    fileprivate var clients: [TopFigures.Client] {
        guard !reading.clients.isEmpty else { return [] }
        return reading.clientsByUse.prefix(TopFigures.clientLimit).map { client in
            // Compared as bytes: ids that Unicode considers equivalent are different ids.
            let before = previous?.clients.first { $0.id.utf8.elementsEqual(client.id.utf8) }
            return TopFigures.Client(
                id: client.id,
                tokens: difference(client.tokensIssued, before?.tokensIssued),
                refusals: difference(client.refusals, before?.refusals),
                tokensIssued: client.tokensIssued
            )
        }
    }

    /// The rate of a count that is not among the counters of all; nil if it was not there before.
    private func difference(_ now: UInt64, _ before: UInt64?) -> Double? {
        guard let interval, let before else { return nil }
        return (now > before ? Double(now - before) : 0) / interval.seconds
    }
}
