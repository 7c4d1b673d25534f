import Monitoring

/// A status as text for people: what an administrator looks at first comes first.
struct StatusText {
    let document: StatusDocument
    /// What to do if no worker serves.
    let advice: String?
    let glyphs: Glyphs
    /// The width of tables, in columns.
    var width = Int.max

    /// The text, without a newline at its end.
    var text: String {
        var parts = [opening]
        if document.since != nil {
            parts += [totals, latencies, refusals, denials, workers]
        }
        parts += [state, clientsByUse, lockedOut]
        return parts.filter { !$0.isEmpty }.map { $0.joined(separator: "\n") }.joined(separator: "\n\n")
    }

    private var opening: [String] {
        let sentence = glyphs.text(document.workersSentence)
        var lines = [sentence.startingASentence]
        if let advice { lines.append(advice) }
        if let since = document.since {
            let length = Figures.shortLength(document.time - since)
            lines.append("Counted since \(TimeText.text(since)), for \(length), until \(TimeText.text(document.time))")
        }
        return lines
    }

    private var totals: [String] {
        let spans = [document.lastMinute, document.lastHour, document.totals]
        var rows: [[String]] = []
        func add(_ name: String, always: Bool = true, _ count: (StatusDocument.Totals) -> UInt64) {
            let counts = spans.map(count)
            if always || counts.contains(where: { $0 > 0 }) { rows.append([name] + counts.map(Figures.grouped)) }
        }
        add("requests") { $0.requests }
        add("tokens issued") { $0.tokensIssued }
        add("checks allowed") { $0.checksAllowed }
        add("checks denied") { $0.checksDenied }
        add("refusals") { $0.refusals.reduce(0) { $0 &+ $1.count } }
        add("dropped requests", always: false) { $0.dropped }
        add("audit failures", always: false) { $0.auditFailures }
        return table([.name(""), .number("LAST MINUTE"), .number("LAST HOUR"), .number("TOTAL")], rows)
    }

    private var latencies: [String] {
        let rows = document.latencies.map {
            [
                $0.endpoint, Figures.grouped($0.requests), MeasureText.milliseconds($0.median),
                MeasureText.milliseconds($0.p99),
            ]
        }
        return table([.name("LAST 10 MINUTES"), .number("REQUESTS"), .number("MEDIAN ms"), .number("P99 ms")], rows)
    }

    private var refusals: [String] {
        let rows = document.lastHour.refusals.map { [$0.error, $0.reason, Figures.grouped($0.count)] }
        return table([.name("REFUSED IN THE LAST HOUR"), .name("REASON"), .number("COUNT")], rows)
    }

    private var denials: [String] {
        let denied = document.lastHour.checks.filter { $0.name != StatusDocument.Totals.allowed && $0.count > 0 }
        let rows = denied.map { [$0.name, Figures.grouped($0.count)] }
        return table([.name("CHECKS DENIED IN THE LAST HOUR"), .number("COUNT")], rows)
    }

    private var workers: [String] {
        let rows = document.workers.map {
            [
                "\($0.process)", Figures.shortLength(document.time - $0.since), Figures.grouped($0.requests),
                Figures.grouped($0.connections), Figures.grouped($0.busy), Figures.grouped($0.slowHashes),
            ]
        }
        let heads: [Columns.Head] = [
            .name("WORKER"), .number("RUNNING FOR"), .number("REQUESTS"), .number("CONNECTIONS"), .number("BUSY"),
            .number("SLOW HASHES"),
        ]
        let restarts = document.pool.restarts
        guard restarts > 0 else { return table(heads, rows) }
        let died = Figures.count(restarts, "worker has died and was", "workers have died and were")
        return table(heads, rows) + ["\(died) replaced: the log says why"]
    }

    private var state: [String] {
        guard let tokens = document.tokens, let clients = document.clients else { return [] }
        var states = "\(Figures.grouped(clients.active)) active, \(Figures.grouped(clients.disabled)) disabled"
        if clients.unusable > 0 {
            states += ", \(Figures.grouped(clients.unusable)) that cannot be used: grantd --check says why"
        }
        return ["tokens   \(Figures.grouped(tokens.active)) active", "clients  \(states)"]
    }

    private var clientsByUse: [String] {
        let rows = (document.clientsByUse ?? []).map {
            [$0.clientID, Figures.grouped($0.tokensIssued), Figures.grouped($0.refusals)]
        }
        return table([.name("CLIENT"), .number("TOKENS ISSUED"), .number("REFUSALS")], rows)
    }

    private var lockedOut: [String] {
        let rows = document.lockedOut.map { [$0.clientID, $0.address, Figures.shortLength($0.until - document.time)] }
        return table([.name("LOCKED OUT"), .name("FROM"), .number("FOR ANOTHER")], rows)
    }

    private func table(_ heads: [Columns.Head], _ rows: [[String]]) -> [String] {
        Columns(heads: heads, rows: rows).lines(width: width, glyphs)
    }
}

extension StatusDocument.Totals {
    /// The decision of checks that passed.
    static let allowed = "allowed"

    fileprivate var checksAllowed: UInt64 { checks.reduce(0) { $1.name == Self.allowed ? $0 &+ $1.count : $0 } }
    fileprivate var checksDenied: UInt64 { checks.reduce(0) { $1.name == Self.allowed ? $0 : $0 &+ $1.count } }
}
