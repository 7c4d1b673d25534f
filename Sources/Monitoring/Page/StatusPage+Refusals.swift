extension StatusPage {
    /// Why requests are refused, and what to do about it.
    var refusalsSection: HTML {
        """
        <section aria-labelledby="refusals"><h2 id="refusals">Why requests are refused</h2>
        \(refusals)</section>
        """
    }

    private var refusals: HTML {
        guard document.since != nil else { return "<p>Refusals are not counted: GRANTD_METRICS=on counts them.</p>" }
        guard !document.totals.refusals.isEmpty else { return "<p>No request was refused so far.</p>" }
        let recent = document.lastHour.refusals
        let rows = document.totals.refusals.map { refusal in
            let hour = recent.first { $0.error == refusal.error && $0.reason == refusal.reason }?.count ?? 0
            return Table.Row(
                cells: [
                    "<code>\(name(refusal.reason))</code> <span class=\"error\">\(name(refusal.error))</span>",
                    count(hour),
                    count(refusal.count),
                ],
                note: Explanations.refusals[refusal.reason]
            )
        }
        let quiet: HTML = recent.isEmpty ? "<p>No request was refused in the last hour.</p>" : ""
        return """
            \(quiet)\(Table(
                id: "refusal-table",
                caption: "The log has the reason too; the caller is told the error beside it, and no more",
                columns: ["Reason and error", .number("Last hour"), .number("In total")],
                rows: rows
            ).html)
            """
    }

    /// What became of checks.
    var checksSection: HTML {
        """
        <section aria-labelledby="checks"><h2 id="checks">Checks by decision</h2>
        \(checks)</section>
        """
    }

    private var checks: HTML {
        guard document.since != nil else { return "<p>Checks are not counted: GRANTD_METRICS=on counts them.</p>" }
        guard document.totals.checks.contains(where: { $0.count > 0 }) else {
            return
                "<p>No request to the site was checked so far: no location has an auth_request, or none was asked for.</p>"
        }
        let rows = document.totals.checks.map { check in
            let hour = document.lastHour.checks.first { $0.name == check.name }?.count ?? 0
            return Table.Row(
                cells: ["<code>\(name(check.name))</code>", count(hour), count(check.count)],
                note: Explanations.decisions[check.name]
            )
        }
        return Table(
            id: "check-table",
            caption: "Requests to protected locations",
            columns: ["Decision", .number("Last hour"), .number("In total")],
            rows: rows
        )
        .html
    }

    private func count(_ number: UInt64) -> HTML { "\(Figures.grouped(number))" }

    /// A name of the protocol or of the log, which may be broken after its underscores.
    private func name(_ name: String) -> HTML {
        let words: [HTML] = name.split(separator: "_", omittingEmptySubsequences: false).enumerated().map {
            index,
            word in
            let gap: HTML = index == 0 ? "" : "_<wbr>"
            return "\(gap)\(String(word))"
        }
        return "\(words)"
    }
}
