package import Counters

/// The content of `/metrics`: the counters and gauges of the whole pool.
package struct MetricsDocument: Sendable {
    /// grantd's version.
    package var version: String
    /// The counts.
    package var reading: CounterReading
    /// Whether tokens can be granted now, as `/health` says.
    package var isHealthy: Bool
    /// Tokens that have neither expired nor been revoked; nil if they are not counted.
    package var activeTokens: Int?
    /// Clients by state; nil if they are not counted.
    package var clients: StatusDocument.Clients?
    /// The engine's members; nil if everything is in files.
    package var members: [StatusDocument.Member]?

    /// A document of counts.
    package init(version: String, reading: CounterReading, isHealthy: Bool) {
        self.version = version
        self.reading = reading
        self.isHealthy = isHealthy
    }

    /// The document in a format.
    package func text(_ format: MetricsFormat) -> String {
        var text = ""
        for family in traffic + service + contents + engine + byClient { family.write(to: &text, format) }
        if format == .openMetrics { text += "# EOF\n" }
        return text
    }

    private var traffic: [MetricFamily] {
        let total = reading.total
        var requests = MetricFamily(.counter, "grantd_requests", "Requests answered, by endpoint and HTTP status.")
        var durations = MetricFamily(
            .histogram,
            "grantd_request_duration_seconds",
            "Time from a request's first byte until its answer is decided, without the delay of failed authentications."
        )
        for endpoint in CountedEndpoint.allCases {
            for status in Counts.statuses {
                let count = total.requests(endpoint, status: status)
                let shown = status == 0 ? "other" : "\(status)"
                if count > 0 { requests.add(count, ("endpoint", endpoint.rawValue), ("status", shown)) }
            }
            let histogram = total.durations(of: endpoint)
            if histogram.count > 0 { durations.add(histogram, ("endpoint", endpoint.rawValue)) }
        }
        var refusals = MetricFamily(
            .counter,
            "grantd_refusals",
            "Requests refused by an endpoint, by error and reason."
        )
        for refusal in CountedRefusal.allCases {
            refusals.add(total.refusals(refusal), ("error", refusal.error), ("reason", refusal.rawValue))
        }
        var checks = MetricFamily(.counter, "grantd_checks", "Checks of requests to the site, by decision.")
        for decision in CheckDecision.allCases { checks.add(total.checks(decision), ("decision", decision.rawValue)) }
        return [requests, refusals, checks, durations]
            + [
                counter("grantd_tokens_issued", "Tokens issued.", total.tokensIssued),
                counter("grantd_tokens_revoked", "Tokens revoked by their clients.", total.tokensRevoked),
                counter("grantd_requests_dropped", "Requests that did not reach an endpoint.", total.dropped),
                counter("grantd_audit_failures", "Lines that the audit did not take.", total.auditFailures),
            ]
    }

    private var service: [MetricFamily] {
        let pool = StatusDocument.Pool(reading)
        var workers = MetricFamily(.gauge, "grantd_workers", "Workers by state.")
        workers.add(pool.starting, ("state", "starting"))
        workers.add(pool.serving, ("state", "serving"))
        workers.add(pool.stopping, ("state", "stopping"))
        var connections = MetricFamily(
            .gauge,
            "grantd_connections",
            "Connections from the web server: busy with a request, or idle."
        )
        connections.add(reading.workers.sum(\.idle), ("state", "idle"))
        connections.add(reading.workers.sum(\.busy), ("state", "busy"))
        var build = MetricFamily(.info, "grantd_build", "The version that answers.")
        build.add(1, ("version", version))
        return [
            gauge("grantd_healthy", "Whether tokens can be granted, as /health says.", isHealthy ? 1 : 0),
            workers,
            gauge("grantd_workers_wanted", "Workers that there are to be.", pool.size ?? reading.workers.count),
            counter("grantd_worker_restarts", "Workers replaced after they died.", pool.restarts),
            connections,
            gauge(
                "grantd_slow_hashes_waiting",
                "Requests that wait for a slow hash, or have one computed.",
                reading.workers.sum(\.slowHashes)
            ),
            build,
            gauge("grantd_start_time_seconds", "When the service started, in seconds since 1970.", Int(startTime)),
            gauge(
                "grantd_counting_since_seconds",
                "When counting began, in seconds since 1970; a restart does not begin it again.",
                Int(reading.since)
            ),
        ]
    }

    /// When the latest supervisor started, or without one the oldest worker.
    private var startTime: Int64 {
        reading.pools.filter(\.isLive).map(\.since).max() ?? reading.workers.map(\.since).min() ?? reading.since
    }

    private var contents: [MetricFamily] {
        var families: [MetricFamily] = []
        if let activeTokens {
            let help = "Tokens that have neither expired nor been revoked."
            families.append(gauge("grantd_active_tokens", help, activeTokens))
        }
        if let clients {
            var family = MetricFamily(.gauge, "grantd_clients", "Clients by state.")
            family.add(clients.active, ("state", "active"))
            family.add(clients.disabled, ("state", "disabled"))
            family.add(clients.unusable, ("state", "unusable"))
            families.append(family)
        }
        return families
    }

    private var engine: [MetricFamily] {
        guard let members else { return [] }
        var family = MetricFamily(.gauge, "grantd_store_members", "The engine's members by state.")
        for state in StatusDocument.Member.states {
            family.add(members.count { $0.state == state }, ("state", state))
        }
        var durations = MetricFamily(
            .histogram,
            "grantd_store_request_duration_seconds",
            "Time from a question to the engine to its answer."
        )
        durations.add(reading.total.engineDurations)
        return [family, durations]
    }

    private var byClient: [MetricFamily] {
        guard !reading.clients.isEmpty else { return [] }
        var tokens = MetricFamily(.counter, "grantd_client_tokens_issued", "Tokens issued, by client.")
        var refusals = MetricFamily(.counter, "grantd_client_refusals", "Requests refused, by client.")
        for client in reading.clients {
            tokens.add(client.tokensIssued, ("client_id", client.id))
            refusals.add(client.refusals, ("client_id", client.id))
        }
        return [tokens, refusals]
    }

    private func counter(_ name: String, _ help: String, _ value: UInt64) -> MetricFamily {
        var family = MetricFamily(.counter, name, help)
        family.add(value)
        return family
    }

    private func gauge(_ name: String, _ help: String, _ value: Int) -> MetricFamily {
        var family = MetricFamily(.gauge, name, help)
        family.add(value)
        return family
    }
}

extension CounterReading.Worker {
    /// Connections without a request.
    fileprivate var idle: Int { max(0, connections - busy) }
}

extension [CounterReading.Worker] {
    fileprivate func sum(_ count: KeyPath<CounterReading.Worker, Int>) -> Int {
        // Damaged counts may have any value.
        reduce(0) { $0 &+ $1[keyPath: count] }
    }
}
