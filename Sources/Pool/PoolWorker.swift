/// What a pool knows of one of its workers.
package struct PoolWorker: Equatable {
    /// Its process id.
    package let process: Int32
    package var phase = Phase.starting
    /// Whether one with newer settings is to take its place.
    package var isOutdated = false
    /// When it is ended by force; nil if it may take its time, or that has been done.
    package var deadline: ContinuousClock.Instant?

    /// How far it is.
    package enum Phase: Equatable {
        /// It has not said that it serves.
        case starting
        /// It serves.
        case ready(since: ContinuousClock.Instant)
        /// It has been told to stop, and finishes what it is at.
        case stopping
    }

    /// A worker that has just been started.
    package init(process: Int32, deadline: ContinuousClock.Instant) {
        self.process = process
        self.deadline = deadline
    }

    package var isStopping: Bool { phase == .stopping }

    package var isReady: Bool {
        if case .ready = phase { true } else { false }
    }
}
