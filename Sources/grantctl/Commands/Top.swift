import ArgumentParser
import FileStore
import Linux
import Settings
import SystemPackage

/// `grantctl top`
struct Top: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "top",
        abstract: "Shows live what the workers do, in rates per second.",
        discussion: """
            It looks once a second, or every --interval seconds. NOW is the rate since the last look, MINUTE that of the \
            last minute, in which the times of requests (P50 is the median) were taken as well. The bars are of the \
            last hour. A worker's figures are its requests, its busy and open connections, the slow hashes that it \
            computes or has waiting, and for how long it has run. Clients are shown if GRANTD_METRICS_CLIENTS counts \
            them.

            q quits, p pauses and goes on. If standard output is not a terminal, it prints a block of lines after each \
            interval. For programs there is grantctl status --json.

            EXAMPLES:
              grantctl top --interval 5
              grantctl top --count 1 | cat
            """
    )

    @Option(
        help: ArgumentHelp("The state directory (default: GRANTD_STATE, or /var/lib/grantd).", valueName: "dir"),
        completion: .directory
    )
    var state: String?

    @Option(
        help: ArgumentHelp(
            "The time from one look to the next: 0.2 to 60 seconds, or 500ms, 5s, 1m.",
            valueName: "duration"
        ),
        transform: ArgumentForm.interval
    )
    var interval = 1.0

    @Option(help: ArgumentHelp("End after this number of intervals.", valueName: "number"))
    var count: Int?

    func validate() throws {
        guard (0.2...60).contains(interval) else { throw ValidationError("--interval takes 0.2 to 60 seconds.") }
        guard count.map({ $0 > 0 }) ?? true else { throw ValidationError("--count takes 1 or more.") }
    }

    func run() throws {
        try tellingProblems {
            let settings = try CommonOptions.settings(state: state)
            let path = settings.state.string
            guard StateDirectory.exists(at: path) else { throw MissingState(path: path) }
            guard settings.metrics == .on else { throw NothingCounted() }
            let environment = ProcessEnvironment.current()
            let glyphs = Glyphs.shown(by: environment)
            let interval = Duration.milliseconds(Int64((self.interval * 1000).rounded()))
            guard Screen.isThere(environment) else { return try printBlocks(of: path, every: interval, glyphs) }
            var view = try TopView(of: path, every: interval, glyphs)
            try view.run(count)
        }
    }

    /// Prints a block of lines after each interval.
    private func printBlocks(of path: String, every interval: Duration, _ glyphs: Glyphs) throws {
        var sampler = CounterSampler(of: path)
        _ = sampler.figures()
        var next = ContinuousClock.now
        var printed = 0
        while count.map({ printed < $0 }) ?? true {
            next = max(next + interval, .now)
            sleep(until: next)
            let hint = "Every \(MeasureText.interval(interval))"
            let frame = TopFrame(figures: sampler.figures(), glyphs: glyphs, hint: hint)
            let lines = frame.lines(in: TerminalSize(columns: 80, rows: .max))
            do {
                try FileDescriptor.standardOutput.writeAll((lines.joined(separator: "\n") + "\n\n").utf8)
            } catch {
                throw OutputError(reason: "\(error)")
            }
            printed += 1
        }
    }
}
