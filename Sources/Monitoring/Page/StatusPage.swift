/// The status as one HTML page, which needs nothing else: no other file, no form, and no script to be read.
package struct StatusPage {
    let document: StatusDocument

    /// The page of a document.
    package init(_ document: StatusDocument) {
        self.document = document
    }

    /// The page.
    package var html: String {
        let health = Health(document)
        let page: HTML = """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <meta name="robots" content="noindex">
            <title>\(health.headline) – grantd</title>
            <noscript><meta http-equiv="refresh" content="30"></noscript>
            <style>\(HTML(markup: Self.style))</style>
            </head>
            <body>
            <a class="skip" href="#main">Skip to the status</a>
            <header>
            <h1>grantd status</h1>
            <div class="refresh"><p id="refresh">\
            <noscript>This page loads itself again every 30 seconds.</noscript></p>\
            <button type="button" id="pause" hidden>Pause</button></div>
            </header>
            <main id="main" tabindex="-1">
            \(healthSection(health))
            \(figuresSection)
            \(chartsSection)
            <div class="pair">
            \(refusalsSection)
            \(checksSection)
            </div>
            <div class="pair">
            \(workersSection)
            \(tokensSection)
            \(clientsSection)
            \(lockedOutSection)
            </div>
            \(membersSection)
            </main>
            \(footer)
            <script>\(HTML(markup: Self.script))</script>
            </body>
            </html>

            """
        return page.text
    }

    private func healthSection(_ health: Health) -> HTML {
        let reasons: [HTML] = health.reasons.map { "<li>\($0)</li>" }
        let list: HTML = reasons.isEmpty ? "" : "<ul>\(reasons)</ul>"
        return """
            <section class="health \(health.level.rawValue)">
            <div role="status"><h2><span class="mark" aria-hidden="true">\(health.mark)</span> \(health.headline)</h2>\(list)</div>
            <p>As of <span id="as-of">\(Moment(document.time).element)</span></p>
            </section>
            """
    }

    private var footer: HTML {
        let since: HTML =
            document.since.map { "Totals are counted since \(Moment($0).element). " } ?? "Requests are not counted. "
        return """
            <footer><p>grantd \(document.version). \(since)All times are UTC.</p>
            <p>The same as <a href="?format=json">JSON</a>; the counters as <a href="metrics">OpenMetrics</a>.</p></footer>
            """
    }
}
