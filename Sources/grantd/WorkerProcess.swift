import FileStore
import Gateway
import GrantCore
import Linux
import Logging
import Pool
import Settings
import SystemPackage

/// Runs the service in the way in which this process was started.
struct WorkerProcess {
    private let settings: Settings
    private let environment: [String: String]
    private let logger: Logger

    init(_ settings: Settings, environment: [String: String], logger: Logger) {
        self.settings = settings
        self.environment = environment
        self.logger = logger
    }

    /// Serves the listening socket on descriptor 0 until a signal says to stop.
    ///
    /// - Parameter link: the tie to this worker's supervisor, if it has one, which says when the worker comes and goes.
    func serveFastCGI(for link: SupervisorLink? = nil) throws(ProgramFailure) {
        let background = BackgroundQueue()
        let assembly = try Assembly(settings, background: background, logger: logger)
        if let reason = try assembly.examineEngine() {
            logger.warning("the engine does not answer yet", metadata: ["reason": "\(reason)"])
        }
        let webServers = try webServers(environment)
        let level: Logger.Level = link == nil ? .info : .debug
        let end: WorkerEnd
        ProcessScheduling.answerInBatches()
        do throws(SystemCallFailure) {
            // Between the two a worker starts its second thread, which takes on what the first has given up so far.
            confine(level: .warning) { $0.restrictFiles() }
            var worker = try FastCGIWorker(
                limits: FastCGILimits(body: settings.bodyLimit),
                webServers: webServers,
                background: background,
                source: assembly.source,
                stop: .signals(),
                observer: assembly.handler.journal
            )
            confine(level: .warning) { $0.filterCalls() }
            logger.log(level: level, "serving", metadata: ["state": "\(settings.state)"])
            link?.ready()
            end = worker.run(assembly.handler)
            assembly.handler.audit.finish()
        } catch {
            throw ProgramFailure(.inputOutput, "descriptor 0 cannot be served: \(error)")
        }
        switch end {
        case .stopped: logger.log(level: level, "stopped")
        case .endedByHandler: throw ProgramFailure(.inputOutput, "the store's disk failed: this worker ends")
        case .listenerFailed(let failure): throw ProgramFailure(.inputOutput, "the socket failed: \(failure)")
        }
    }

    private func webServers(_ environment: [String: String]) throws(ProgramFailure) -> WebServerAddresses? {
        guard let list = environment[WebServerAddresses.variable] else { return nil }
        do throws(WebServerAddresses.Malformed) {
            return try WebServerAddresses(list)
        } catch {
            throw ProgramFailure(.usage, "\(WebServerAddresses.variable): \"\(error.entry)\" is not an IP address")
        }
    }

    /// Answers the one CGI request of this process, with 503 where the state cannot be opened.
    func answerCGI() throws(ProgramFailure) {
        let log = RequestLog(logger)
        let status: Int32
        do throws(ProgramFailure) {
            let assembly = try Assembly(settings, background: nil, logger: logger)
            let process = CGIProcess(
                bodyLimit: settings.bodyLimit,
                source: assembly.source,
                observer: Journal([log])
            )
            // What is missing would be said for every request.
            confine(level: .debug) { $0.restrictFiles() + $0.filterCalls() }
            status = process.run(assembly.handler)
        } catch {
            let refusal = OAuthError.unavailable(.unavailable(error.text))
            let process = CGIProcess(bodyLimit: settings.bodyLimit, observer: Journal([log]))
            status = process.run(RefusingHandler(refusal: refusal, log: log))
        }
        if status != 0 { throw ProgramFailure(status: status) }
    }

    /// Gives up what answering requests does not need, unless the settings say otherwise, and logs what the kernel
    /// refused of it.
    private func confine(level: Logger.Level, by means: (Confinement) -> [ConfinementFailure]) {
        guard settings.confinement == .on else { return }
        let audit = settings.audit.map { [$0.removingLastComponent()] } ?? []
        let connections: Confinement.Connections =
            switch settings.store {
            case .files: .none
            case .servers where settings.storeVia == nil: .network
            case .servers, .socket: .unixSockets
            }
        for failure in means(Confinement(filesBeneath: [settings.state] + audit, connections: connections)) {
            logger.log(level: level, "confined in part", metadata: ["reason": "\(failure)"])
        }
    }
}
