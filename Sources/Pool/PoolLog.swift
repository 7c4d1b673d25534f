package import Logging

/// A pool's lines in the log, one an event, each with the process id of the worker that it is about.
package struct PoolLog {
    private var logger: Logger

    /// Writes to a logger.
    package init(_ logger: Logger) {
        self.logger = logger
    }

    /// Takes events of this level and above from now on.
    package mutating func setLevel(_ level: Logger.Level) {
        logger.logLevel = level
    }

    package func starting(_ size: Int, on place: String) {
        logger.info("starting workers", metadata: ["count": "\(size)", "socket": "\(place)"])
    }

    package func started(_ process: Int32) {
        logger.debug("worker started", metadata: ["worker": "\(process)"])
    }

    package func ready(_ process: Int32) {
        logger.info("worker serves", metadata: ["worker": "\(process)"])
    }

    package func told(_ process: Int32) {
        logger.debug("worker is to stop", metadata: ["worker": "\(process)"])
    }

    package func killed(_ process: Int32) {
        logger.warning("worker has had its time and is killed", metadata: ["worker": "\(process)"])
    }

    package func reloading() {
        logger.notice("replacing the workers one by one")
    }

    package func reloaded() {
        logger.notice("all workers are replaced")
    }

    package func stopping() {
        logger.notice("stopping the workers")
    }

    package func stopped() {
        logger.info("all workers have stopped")
    }

    /// A worker has ended, or could not be started.
    package func lost(_ failure: WorkerFailure, _ loss: WorkerLoss) {
        var metadata: Logger.Metadata = [:]
        if let process = failure.process { metadata["worker"] = "\(process)" }
        if let end = failure.end { metadata["end"] = "\(end)" }
        if !failure.reason.isEmpty { metadata["reason"] = "\(failure.reason)" }
        switch loss {
        case .stopped:
            logger.debug("worker stopped", metadata: metadata)
        case .replaced(let delay):
            metadata["delay"] = "\(delay.inMilliseconds)ms"
            logger.warning("worker ended and is replaced", metadata: metadata)
        case .startFailed(let delay):
            metadata["delay"] = "\(delay.inMilliseconds)ms"
            logger.error("worker did not start and is tried again", metadata: metadata)
        case .reloadAbandoned:
            logger.error("a new worker did not start: the old ones go on", metadata: metadata)
        case .poolFailed:
            logger.error("no worker started", metadata: metadata)
        }
    }
}

extension Duration {
    fileprivate var inMilliseconds: Int64 {
        components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000
    }
}
