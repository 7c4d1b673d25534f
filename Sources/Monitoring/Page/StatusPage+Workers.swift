extension StatusPage {
    /// The workers, one by one.
    var workersSection: HTML {
        """
        <section aria-labelledby="workers"><h2 id="workers">Workers</h2>
        <p>\(poolSentence)</p>
        \(workers)</section>
        """
    }

    private var poolSentence: String {
        let pool = document.pool
        guard let size = pool.size else { return "These workers run without a supervisor of grantd." }
        return """
            \(Figures.count(size, "worker", "workers")): \(pool.serving) serving, \(pool.starting) starting, \
            \(pool.stopping) stopping. \(deaths)
            """
    }

    private var deaths: String {
        switch document.pool.restarts {
        case 0: "None died since counting began."
        case 1: "One died since counting began, and was replaced."
        default: "\(Figures.grouped(document.pool.restarts)) died since counting began, and were replaced."
        }
    }

    private var workers: HTML {
        guard !document.workers.isEmpty else { return "<p>Workers are not counted.</p>" }
        let rows = document.workers.map { worker in
            Table.Row(cells: [
                "\(worker.process)",
                "<span class=\"whole\">\(Figures.shortLength(Moment.seconds(from: worker.since, to: document.time)))</span>",
                "\(Figures.grouped(worker.requests))", "\(Figures.grouped(worker.connections))",
                "\(Figures.grouped(worker.busy))", "\(Figures.grouped(worker.slowHashes))",
            ])
        }
        return Table(
            id: "worker-table",
            caption: """
                Each worker, with its open connections, those of them that are busy with a request, and the slow hashes \
                that wait in it
                """,
            columns: ["Process", "For", .number("Requests"), .number("Open"), .number("Busy"), .number("Hashes")],
            rows: rows,
            isWide: true
        )
        .html
    }

    /// The engine's members.
    var membersSection: HTML {
        """
        <section aria-labelledby="members"><h2 id="members">Engine</h2>
        \(members)</section>
        """
    }

    private var members: HTML {
        guard let members = document.members else {
            return "<p>No engine is used: tokens and clients are kept in files on this machine.</p>"
        }
        guard !members.isEmpty else { return "<p>No member of the engine is known yet.</p>" }
        let rows = members.map {
            Table.Row(cells: ["<bdi>\($0.name)</bdi>", "\($0.role)", state($0.state)])
        }
        return Table(
            id: "member-table",
            caption: "Members of the engine, as the worker that answered sees them",
            columns: ["Member", "Role", "State"],
            rows: rows,
            isWide: true
        )
        .html
    }

    private func state(_ state: String) -> HTML {
        switch state {
        case "connected": "<span aria-hidden=\"true\">✓</span> connected"
        case "failed": "<strong class=\"bad\"><span aria-hidden=\"true\">✕</span> failed</strong>"
        case "unused": "unused so far"
        default: "<bdi>\(state)</bdi>"
        }
    }
}
