/// What is known of a worker that has ended, or could not be started.
struct WorkerFailure: Equatable {
    /// Its process id; nil where it got none.
    var process: Int32?
    /// How it ended; nil where it never began.
    var end: ProcessEnd?
    /// What it said before it served; empty where it said nothing.
    var reason = ""

    /// The reason, or for want of it the end.
    var cause: String { reason.isEmpty ? end?.description ?? "unknown" : reason }
}

/// How a supervisor's run ended.
enum SupervisorEnd: Equatable {
    /// It was told to, and all workers have ended.
    case stopped
    /// None of its first workers served.
    case neverServed(WorkerFailure)
}
