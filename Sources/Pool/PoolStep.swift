/// What a pool wants done.
package enum PoolStep: Equatable {
    /// Start a worker.
    case start
    /// Tell a worker to finish and stop.
    case terminate(Int32)
    /// End a worker that has had its time.
    case kill(Int32)
    /// Say that all workers have been replaced.
    case reloaded
}

/// What the end of a worker means to its pool.
package enum WorkerLoss: Equatable {
    /// It had been told to stop.
    case stopped
    /// Another one takes its place after a while.
    case replaced(after: Duration)
    /// It never served; another one is tried after a while.
    case startFailed(retryAfter: Duration)
    /// It was to take another one's place; all that serve go on.
    case reloadAbandoned
    /// No worker has ever been ready, so the pool ends.
    case poolFailed
}
