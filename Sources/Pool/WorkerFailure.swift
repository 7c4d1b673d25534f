/// What is known of a worker that has ended, or could not be started.
package struct WorkerFailure: Equatable {
    /// Its process id; nil if it got none.
    package var process: Int32?
    /// How it ended; nil if it never began.
    package var end: ProcessEnd?
    /// What it said before it served; empty if it said nothing.
    package var reason = ""

    /// The reason, or for want of it the end.
    package var cause: String { reason.isEmpty ? end?.description ?? "unknown" : reason }
}

/// How a supervisor's run ended.
package enum SupervisorEnd: Equatable {
    /// It was told to, and all workers have ended.
    case stopped
    /// None of its first workers served.
    case neverServed(WorkerFailure)
}
