/// What a pool knows of one of its workers.
struct PoolWorker: Equatable {
    /// Its process id.
    let process: Int32
    var phase = Phase.starting
    /// Whether one with newer settings is to take its place.
    var isOutdated = false
    /// When it is ended by force; nil where it may take its time, or that has been done.
    var deadline: ContinuousClock.Instant?

    /// How far it is.
    enum Phase: Equatable {
        /// It has not said that it serves.
        case starting
        /// It serves.
        case ready(since: ContinuousClock.Instant)
        /// It has been told to stop, and finishes what it is at.
        case stopping
    }

    /// A worker that has just been started.
    init(process: Int32, deadline: ContinuousClock.Instant) {
        self.process = process
        self.deadline = deadline
    }

    var isStopping: Bool { phase == .stopping }

    var isReady: Bool {
        if case .ready = phase { true } else { false }
    }
}
