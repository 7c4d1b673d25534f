extension StatusPage {
    /// Active tokens by when they expire.
    var tokensSection: HTML {
        """
        <section aria-labelledby="expiry"><h2 id="expiry">Active tokens by expiry</h2>
        \(tokens)</section>
        """
    }

    private var tokens: HTML {
        guard let tokens = document.tokens else {
            return document.members == nil
                ? "<p>Active tokens are still being counted, or their files cannot be read.</p>"
                : "<p>Active tokens are not counted in an engine.</p>"
        }
        guard tokens.active > 0 else { return "<p>No token is active.</p>" }
        return "<figure class=\"card\">\(BarChart(tokens.byExpiry, from: document.time).html)</figure>"
    }

    /// Clients by state and by use.
    var clientsSection: HTML {
        """
        <section aria-labelledby="clients"><h2 id="clients">Clients</h2>
        <p>\(clientStates)</p>
        \(clientsByUse)</section>
        """
    }

    private var clientStates: String {
        guard let clients = document.clients else {
            return document.members == nil
                ? "Clients are still being counted, or their files cannot be read."
                : "Clients are not counted in an engine."
        }
        let unusable =
            clients.unusable == 0 ? "none has a file" : Figures.count(clients.unusable, "has a file", "have files")
        let time = Moment(clients.countedAt).beside(document.time)
        return """
            \(Figures.grouped(clients.active)) active, \(Figures.grouped(clients.disabled)) disabled, \(unusable) that \
            cannot be used (counted at \(time) UTC).
            """
    }

    private var clientsByUse: HTML {
        guard let clients = document.clientsByUse else {
            return "<p>What each client does is not counted: set GRANTD_METRICS_CLIENTS=on.</p>"
        }
        guard !clients.isEmpty else { return "<p>No client has asked for a token so far.</p>" }
        let rows = clients.map {
            Table.Row(cells: [
                "<bdi>\($0.clientID)</bdi>", "\(Figures.grouped($0.tokensIssued))", "\(Figures.grouped($0.refusals))",
            ])
        }
        return Table(
            id: "client-table",
            caption: "The clients with the most tokens since counting began",
            columns: ["Client", .number("Tokens"), .number("Refusals")],
            rows: rows,
            isWide: true
        )
        .html
    }

    /// Clients that have to wait.
    var lockedOutSection: HTML {
        """
        <section aria-labelledby="locked-out"><h2 id="locked-out">Who is locked out</h2>
        \(lockedOut)</section>
        """
    }

    private var lockedOut: HTML {
        guard !document.lockedOut.isEmpty else { return "<p>No client is locked out.</p>" }
        let rows = document.lockedOut.map { lockOut in
            let left = Moment.seconds(from: document.time, to: lockOut.until)
            let words = left > 0 ? "for another \(Figures.length(left))" : "over now"
            return Table.Row(cells: [
                "<bdi>\(lockOut.clientID)</bdi>", "<bdi>\(lockOut.address)</bdi>",
                "\(words), until \(Moment(lockOut.until).element(beside: document.time))",
            ])
        }
        return Table(
            id: "lock-out-table",
            caption: "After too many failures a client has to wait, at the address that they came from",
            columns: ["Client", "From", "How long"],
            rows: rows,
            isWide: true
        )
        .html
    }
}
