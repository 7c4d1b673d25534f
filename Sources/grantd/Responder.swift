import FileStore
import Gateway
import GrantCore
import Logging
import Settings
import SystemPackage

/// Runs the service in the way in which this process was started.
struct Responder {
    private let settings: Settings
    private let logger: Logger

    init(_ settings: Settings, logger: Logger) {
        self.settings = settings
        self.logger = logger
    }

    /// Serves the listening socket on descriptor 0 until a signal says to stop.
    ///
    /// - Parameter link: the tie to this worker's supervisor, if it has one, which says when the worker comes and goes.
    func serveFastCGI(for link: SupervisorLink? = nil) throws(ProgramFailure) {
        let service: Service
        do throws(StateError) {
            service = try Service(settings, logger: logger)
        } catch {
            throw ProgramFailure(.inputOutput, error.description)
        }
        let level: Logger.Level = link == nil ? .info : .debug
        let end: WorkerEnd
        ProcessScheduling.answerInBatches()
        do throws(SystemCallFailure) {
            // Between the two a worker starts its second thread, which takes on what the first has given up so far.
            confine(level: .warning) { $0.restrictFiles() }
            var worker = try FastCGIWorker(
                limits: FastCGILimits(body: settings.bodyLimit),
                stop: .signals(),
                observer: RequestLog(logger)
            )
            confine(level: .warning) { $0.filterCalls() }
            logger.log(level: level, "serving", metadata: ["state": "\(settings.state)"])
            link?.ready()
            end = worker.run(service.handler)
        } catch {
            throw ProgramFailure(.inputOutput, "descriptor 0 cannot be served: \(error)")
        }
        switch end {
        case .stopped: logger.log(level: level, "stopped")
        case .endedByHandler: throw ProgramFailure(.inputOutput, "the store's disk failed: this worker ends")
        case .listenerFailed(let failure): throw ProgramFailure(.inputOutput, "the socket failed: \(failure)")
        }
    }

    /// Answers the one CGI request of this process, with 503 where the state cannot be opened.
    func answerCGI() throws(ProgramFailure) {
        let process = CGIProcess(bodyLimit: settings.bodyLimit, observer: RequestLog(logger))
        let status: Int32
        do throws(StateError) {
            let service = try Service(settings, logger: logger)
            // What is missing would be said for every request.
            confine(level: .debug) { $0.restrictFiles() + $0.filterCalls() }
            status = process.run(service.handler)
        } catch {
            status = process.run(UnavailableHandler(error: .unavailable(error.description), log: RequestLog(logger)))
        }
        if status != 0 { throw ProgramFailure(status: status) }
    }

    /// Gives up what answering requests does not need, unless the settings say otherwise, and logs what the kernel
    /// refused of it.
    private func confine(level: Logger.Level, by means: (Confinement) -> [ConfinementFailure]) {
        guard settings.confinement == .on else { return }
        let audit = settings.audit.map { [$0.removingLastComponent()] } ?? []
        for failure in means(Confinement(filesBeneath: [settings.state] + audit)) {
            logger.log(level: level, "confined in part", metadata: ["reason": "\(failure)"])
        }
    }
}

/// Answers where there is no state to answer from.
private struct UnavailableHandler: GatewayHandler {
    let error: StorageError
    let log: RequestLog

    func respond(to request: GatewayRequest) -> GatewayResponse {
        log.refused(request, .unavailable(error))
        return GatewayResponse(refusing: .unavailable(error), realm: "")
    }
}
