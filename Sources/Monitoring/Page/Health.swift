/// Whether the service works, in words, with everything that an administrator should look at.
struct Health {
    /// How bad it is.
    enum Level: String {
        case well, attention, trouble
    }

    private(set) var level = Level.well
    /// What is wrong, the worst first; nothing if all is well.
    private(set) var reasons: [String] = []

    /// The health that a document tells of.
    init(_ document: StatusDocument) {
        if let failure = document.failure { add("Tokens cannot be granted: \(failure)", .trouble) }
        addWorkers(document.pool, since: document.since, at: document.time)
        if let fault = document.countersFault { add("The counters are not complete: \(fault)", .attention) }
        addLastHour(document.lastHour)
        if let unusable = document.clients?.unusable, unusable > 0 {
            let files = Figures.count(unusable, "client has a file", "clients have files")
            add("\(files) that cannot be used: grantd --check says why", .attention)
        }
        if let failed = document.members?.filter({ $0.state == "failed" }).count, failed > 0 {
            let names = Figures.count(failed, "member of the engine", "members of the engine")
            add("\(names) cannot be reached: grantctl store status says more", .attention)
        }
    }

    /// The headline.
    var headline: String {
        switch level {
        case .well: "All is well"
        case .attention: "Needs attention"
        case .trouble: "Out of service"
        }
    }

    /// A mark for the eye, beside the words.
    var mark: String {
        switch level {
        case .well: "✓"
        case .attention: "!"
        case .trouble: "✕"
        }
    }

    private mutating func addWorkers(_ pool: StatusDocument.Pool, since: Int64?, at now: Int64) {
        if let size = pool.size, pool.serving < size {
            add(pool.sentence, pool.serving == 0 ? .trouble : .attention)
        }
        // One that died long ago needs no attention any more.
        if let last = pool.lastRestart, Moment.seconds(from: last, to: now) < 3600 {
            let died = Figures.count(pool.restarts, "worker died and was", "workers died and were")
            let start = since.map { " since \(Moment($0).beside(now)) UTC" } ?? ""
            add(
                "\(died) replaced\(start), the last at \(Moment(last).beside(now)) UTC: the log says why",
                .attention
            )
        }
    }

    private mutating func addLastHour(_ hour: StatusDocument.Totals) {
        if hour.auditFailures > 0 {
            let lines = Figures.count(hour.auditFailures, "line", "lines")
            add("\(lines) of the audit could not be written in the last hour", .attention)
        }
        let refusals = hour.refusals.filter { Explanations.ownFaults.contains($0.reason) }
            .map { (name: $0.reason, count: $0.count) }
        addFaults(refusals, "refused", "request was", "requests were")
        let checks = hour.checks.filter { Explanations.ownDecisions.contains($0.name) }
            .map { (name: $0.name, count: $0.count) }
        addFaults(checks, "denied", "check was", "checks were")
    }

    private mutating func addFaults(
        _ faults: [(name: String, count: UInt64)],
        _ verb: String,
        _ singular: String,
        _ plural: String
    ) {
        let found = faults.filter { $0.count > 0 }
        guard !found.isEmpty else { return }
        let all = Figures.count(found.reduce(0) { $0 &+ $1.count }, singular, plural)
        let names = found.map { "\($0.name) \(Figures.grouped($0.count))" }.joined(separator: ", ")
        add("\(all) \(verb) in the last hour through no fault of the caller: \(names)", .attention)
    }

    private mutating func add(_ reason: String, _ level: Level) {
        reasons.append(reason)
        if self.level != .trouble { self.level = level }
    }
}
