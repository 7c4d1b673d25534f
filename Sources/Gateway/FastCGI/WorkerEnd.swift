package import Linux

/// Why a worker's run ended.
package enum WorkerEnd: Sendable, Equatable {
    /// Its stop source said so.
    case stopped
    /// A response's `endsWorker` said so.
    case endedByHandler
    /// The listening socket cannot be used.
    case listenerFailed(SystemCallFailure)
}
