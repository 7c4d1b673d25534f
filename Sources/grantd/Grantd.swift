import ArgumentParser
import Counters
import Encoding
import Gateway
import Linux
import Logging
import Pool
import RedisStore
import Remedies
import Settings
import SystemPackage

/// The responder: one FastCGI worker, one CGI request, or the supervisor of a pool of workers.
@main
struct Grantd: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "grantd",
        abstract: "OAuth 2.0 client credentials for a site that nginx serves.",
        discussion: """
            With --listen, grantd creates a socket and runs a pool of workers on it. Without it, the pool serves a socket \
            from systemd (LISTEN_FDS) or, with --workers, the one on descriptor 0. A worker that dies is restarted. TERM \
            stops the pool after the current requests. HUP restarts the workers one at a time with the current binary and \
            settings; no request is lost, and if a new worker does not start, the old ones go on.

            With only a listening socket on descriptor 0, as from spawn-fcgi, multiwatch or lighttpd, grantd is one \
            FastCGI worker, which serves until TERM. In a CGI environment it answers one request and exits.

            A setting can also come from the environment, under the name in its option's help, or from a line NAME=value \
            in the file that GRANTD_CONFIG names (\(Settings.defaultFile) by default). Options override the environment, \
            which overrides the file.

            Example:
              grantd --listen unix:/run/grantd/grantd.sock --workers 2
            """,
        version: version
    )

    @Option(
        help: "fastcgi or cgi, if descriptor 0 and the environment do not tell.",
        completion: .list(["fastcgi", "cgi"])
    )
    var mode: GatewayMode?

    @Flag(help: "Check the settings, the state directory and every client's file, say what is wrong, and exit.")
    var check = false

    @OptionGroup(title: "Pool")
    var pool: PoolOptions

    @OptionGroup(title: "Settings")
    var options: SettingsOptions

    static func main() {
        ProcessProtection.apply()
        let environment = ProcessEnvironment.current()
        if let refusal = CommandLineArguments.refusal(environment: environment) {
            let log = RequestLog(
                .onStandardError(level: .info, format: SharedLogFormat(.text), environment: environment)
            )
            let process = CGIProcess(bodyLimit: Settings().bodyLimit, observer: Journal([log]))
            exit(withStatus: process.run(RefusingHandler(refusal: refusal, log: log)))
        }
        var command: any ParsableCommand
        do {
            command = try parseAsRoot()
        } catch {
            for hint in CommandLine.arguments.dropFirst().compactMap(TypographicSigns.hint) {
                ProgramFailure(.usage, hint).say()
            }
            exit(withError: error)
        }
        do {
            try command.run()
        } catch {
            exit(withError: error)
        }
    }

    private static func exit(withStatus status: Int32) -> Never {
        exit(withError: status == 0 ? nil : ExitCode(status))
    }

    func validate() throws {
        guard mode == nil || (pool.listen == nil && pool.workers == nil) else {
            throw ValidationError("--mode is for one process: it does not go with --listen and --workers")
        }
    }

    func run() throws {
        var link: SupervisorLink?
        do throws(ProgramFailure) {
            link = try pool.link()
            try perform(link)
        } catch {
            // Why a worker did not start, its supervisor says.
            if link?.failed(error.text) != true { error.say() }
            throw ExitCode(error.status)
        }
    }

    /// Does what this process is for; a worker of a supervisor has a link to it.
    private func perform(_ link: SupervisorLink?) throws(ProgramFailure) {
        let environment = ProcessEnvironment.current()
        let settings = try loadSettings(environment)
        if check { return try report(StateExamination(settings).findings(), settings) }

        let format = SharedLogFormat(settings.logFormat)
        let logger = Logger.onStandardError(level: settings.logLevel, format: format, environment: environment)
        let responder = WorkerProcess(settings, environment: environment, logger: logger)
        if let link { return try responder.serveFastCGI(for: link) }
        if mode == nil, let source = try pool.source(environment: environment) {
            return try runPool(on: source, settings, environment: environment, logger: logger, format: format)
        }
        switch mode ?? .detected() {
        case .fastCGI: try responder.serveFastCGI()
        case .cgi: try responder.answerCGI()
        case nil:
            throw ProgramFailure(
                .usage,
                "there is no socket to serve: run systemctl start grantd, or give --listen unix:PATH"
            )
        }
    }

    private func loadSettings(_ environment: [String: String]) throws(ProgramFailure) -> Settings {
        do throws(SettingsError) {
            return try Settings.load(overrides: options.overrides, environment: environment)
        } catch {
            let file = options.config ?? environment[Settings.fileSetting] ?? Settings.defaultFile.string
            let advice = SiteAdvice(nil, settingsFile: file, isService: true).lines()
            throw ProgramFailure(.usage, ([error.description] + advice).joined(separator: "\n"))
        }
    }

    private func runPool(
        on source: PoolSource,
        _ settings: Settings,
        environment: [String: String],
        logger: Logger,
        format: SharedLogFormat
    ) throws(ProgramFailure) {
        try PoolProcess(
            source: source,
            size: (pool.workers ?? .auto).resolved,
            environment: environment,
            logger: logger,
            reloadLogLevel: {
                guard let settings = try? loadSettings(environment) else { return nil }
                format.change(to: settings.logFormat)
                return Logger.Level(settings.logLevel)
            },
            counters: settings.metrics == .off
                ? nil
                : PoolCounters(in: settings.state.string, report: RequestLog(logger).counted)
        ).run()
    }

    private func report(_ findings: StateExamination.Findings, _ settings: Settings) throws(ProgramFailure) {
        for notice in findings.notices { print("notice: \(notice.text.printable)") }
        let problems = settings.adviceLines(after: findings.problems.map(\.text), isComplete: true)
        guard problems.isEmpty else {
            throw ProgramFailure(.inputOutput, problems.map(\.printable).joined(separator: "\n"))
        }
        print("The settings, the state and all clients are in order.")
    }
}
