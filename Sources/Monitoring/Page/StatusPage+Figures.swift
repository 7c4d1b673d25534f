extension StatusPage {
    /// The figures that an administrator looks at first.
    var figuresSection: HTML {
        let figures = [tokenRate, checkRate, refusalRate, activeTokens, servingWorkers]
        let parts: [HTML] = figures.map {
            "<div><dt>\($0.name)</dt><dd><b>\($0.value)</b> <span class=\"whole\">\($0.unit)</span></dd><dd class=\"note\">\($0.note)</dd></div>"
        }
        return """
            <section aria-labelledby="figures"><h2 id="figures">Now</h2>
            <dl class="figures">\(parts)</dl></section>
            """
    }

    private struct Figure {
        let name: String
        let value: String
        var unit = ""
        let note: String
    }

    private var tokenRate: Figure {
        rate("Tokens issued", document.lastMinute.tokensIssued, per: 1, "a second")
    }

    private var checkRate: Figure {
        rate("Checks", document.lastMinute.checks.reduce(0) { $0 &+ $1.count }, per: 1, "a second")
    }

    private var refusalRate: Figure {
        rate("Refusals", document.lastMinute.refusals.reduce(0) { $0 &+ $1.count }, per: 60, "a minute")
    }

    /// A count of the last minute, or of as much of it as was counted.
    private func rate(_ name: String, _ count: UInt64, per seconds: Double, _ unit: String) -> Figure {
        guard document.since != nil else { return Figure(name: name, value: "–", note: "not counted") }
        let counted = document.lastMinute.seconds
        guard counted > 0 else { return Figure(name: name, value: "–", note: "counting began just now") }
        let time = counted == 60 ? "minute" : Figures.length(counted)
        return Figure(
            name: name,
            value: Figures.short(Double(count) * seconds / Double(counted)),
            unit: unit,
            note: "in the last \(time)"
        )
    }

    private var activeTokens: Figure {
        guard let tokens = document.tokens else {
            return Figure(name: "Active tokens", value: "–", note: "not counted")
        }
        let time = Moment(tokens.countedAt).beside(document.time)
        return Figure(name: "Active tokens", value: Figures.grouped(tokens.active), note: "counted at \(time) UTC")
    }

    private var servingWorkers: Figure {
        guard let size = document.pool.size else {
            let count = document.workers.count
            return count == 0
                ? Figure(name: "Workers serving", value: "–", note: "not counted")
                : Figure(name: "Workers serving", value: Figures.grouped(count), note: "without a supervisor")
        }
        let note =
            switch document.pool.restarts {
            case 0: "none died"
            case 1: "one died and was replaced"
            default: "\(Figures.grouped(document.pool.restarts)) died and were replaced"
            }
        return Figure(name: "Workers serving", value: "\(document.pool.serving) of \(size)", note: note)
    }
}
