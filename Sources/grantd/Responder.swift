import ArgumentParser
import FileStore
import Gateway
import GrantCore
import Logging
import Settings

/// Runs the service in the way in which this process was started.
struct Responder {
    private let settings: Settings
    private let logger: Logger

    init(_ settings: Settings, logger: Logger) {
        self.settings = settings
        self.logger = logger
    }

    /// Serves the listening socket on descriptor 0 until a signal says to stop.
    func serveFastCGI() throws {
        let service: Service
        do throws(StateError) {
            service = try Service(settings, logger: logger)
        } catch {
            try Grantd.exit(.inputOutput, saying: error.description)
        }
        let end: WorkerEnd
        do throws(SystemCallFailure) {
            var worker = try FastCGIWorker(
                limits: FastCGILimits(body: settings.bodyLimit),
                stop: .signals(),
                observer: RequestLog(logger)
            )
            logger.info("serving", metadata: ["state": "\(settings.state)"])
            end = worker.run(service.handler)
        } catch {
            try Grantd.exit(.inputOutput, saying: "descriptor 0 cannot be served: \(error)")
        }
        switch end {
        case .stopped: logger.info("stopped")
        case .endedByHandler: try Grantd.exit(.inputOutput, saying: "the store's disk failed: this worker ends")
        case .listenerFailed(let failure): try Grantd.exit(.inputOutput, saying: "the socket failed: \(failure)")
        }
    }

    /// Answers the one CGI request of this process, with 503 where the state cannot be opened.
    func answerCGI() throws {
        let process = CGIProcess(bodyLimit: settings.bodyLimit, observer: RequestLog(logger))
        let status: Int32
        do throws(StateError) {
            status = process.run(try Service(settings, logger: logger).handler)
        } catch {
            status = process.run(UnavailableHandler(error: .unavailable(error.description), log: RequestLog(logger)))
        }
        if status != 0 { throw ExitCode(status) }
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
