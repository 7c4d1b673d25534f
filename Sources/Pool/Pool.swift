import Glibc

/// The workers of a pool as values: who is there, and what is to be done next.
///
/// It starts nothing and has no clock: ``Supervisor`` tells it what happened, and does what ``next(at:)`` says.
package struct Pool {
    package typealias Instant = ContinuousClock.Instant

    /// How long a worker may take to become ready.
    package static let startLimit = Duration.seconds(20)
    /// How long a worker may take to finish its requests. A failed authentication may wait for its answer for 10 s.
    package static let drainLimit = Duration.seconds(20)
    /// A worker that fails sooner than this after it became ready might as well not have started.
    package static let stableAfter = Duration.seconds(1)

    /// How many workers there are to be.
    package let size: Int
    private(set) var workers: [PoolWorker] = []
    /// Whether the workers are being replaced one by one.
    private(set) var isReloading = false
    private(set) var isStopping = false
    /// Whether the pool ends because none of its first workers became ready.
    private(set) var hasFailedToStart = false
    private var hasServed = false
    private var restarts = RestartDelay()
    private var nextStart: Instant?

    /// A pool of no workers yet.
    package init(size: Int) {
        self.size = size
    }

    /// How many workers serve and have not been told to stop.
    package var readyCount: Int { workers.count { $0.isReady } }

    /// Whether as many workers serve as there are to be.
    package var isWhole: Bool { readyCount >= size }

    /// Whether all is over.
    package var isFinished: Bool { isStopping && workers.isEmpty }

    /// What is to be done now, which counts as done, except for a start; nil if there is nothing.
    package mutating func next(at now: Instant) -> PoolStep? {
        if let late = workers.firstIndex(where: { $0.deadline.map { $0 <= now } ?? false }) {
            workers[late].deadline = nil
            return .kill(workers[late].process)
        }
        let staying = workers.indices.filter { !workers[$0].isStopping }
        if isStopping { return staying.first.map { stop($0, at: now) } }
        if isStartWanted { return mayStart(at: now) ? .start : nil }

        guard staying.allSatisfy({ workers[$0].isReady }) else { return nil }
        // The first is the oldest, and so the one that the last has come for.
        if staying.count > size { return stop(staying[0], at: now) }
        guard isReloading, !staying.contains(where: { workers[$0].isOutdated }) else { return nil }
        isReloading = false
        return .reloaded
    }

    /// When there may be something to do though nothing happens.
    package var wakeUp: Instant? {
        let start = isStartWanted && !isStarting ? nextStart : nil
        return (workers.map(\.deadline) + [start]).compactMap(\.self).min()
    }

    /// A worker has been started.
    package mutating func started(_ process: Int32, at now: Instant) {
        workers.append(PoolWorker(process: process, deadline: now + Self.startLimit))
    }

    /// A worker serves; false if that is known already, or nothing is known of it, or it is to stop.
    package mutating func becameReady(_ process: Int32, at now: Instant) -> Bool {
        guard let index = workers.firstIndex(where: { $0.process == process }), workers[index].phase == .starting else {
            return false
        }
        workers[index].phase = .ready(since: now)
        workers[index].deadline = nil
        hasServed = true
        return true
    }

    /// A worker has ended; nil if it is none of ours.
    package mutating func ended(_ process: Int32, _ end: ProcessEnd, at now: Instant) -> WorkerLoss? {
        guard let index = workers.firstIndex(where: { $0.process == process }) else { return nil }
        let worker = workers.remove(at: index)
        switch worker.phase {
        case .stopping:
            return .stopped
        case .starting:
            // Without a deadline it was this pool that killed it.
            guard hasServed, !isStopping, end.isFromOutside, worker.deadline != nil else { return startFailed(at: now) }
            return .replaced(after: delayStart(by: RestartDelay.shortest, at: now))
        case .ready(let since):
            if isStopping { return .stopped }
            guard now - since < Self.stableAfter else { return .replaced(after: .zero) }
            let delay = end.isFromOutside ? RestartDelay.shortest : restarts.next(at: now)
            return .replaced(after: delayStart(by: delay, at: now))
        }
    }

    /// A worker could not be started, or ended before it was ready.
    package mutating func startFailed(at now: Instant) -> WorkerLoss {
        if isStopping { return .stopped }
        guard hasServed || isStarting else {
            (isStopping, hasFailedToStart) = (true, true)
            return .poolFailed
        }
        let isReplacement = isReloading && workers.count(where: { !$0.isStopping }) >= size
        isReloading = false
        if isReplacement { return .reloadAbandoned }
        return .startFailed(retryAfter: delayStart(by: restarts.next(at: now), at: now))
    }

    /// Replaces all that are there now, one by one; what is being replaced already is not begun again.
    package mutating func reload() {
        guard !isStopping else { return }
        isReloading = true
        for index in workers.indices { workers[index].isOutdated = true }
        // The administrator who asks may have repaired what kept workers from starting.
        restarts = RestartDelay()
        nextStart = nil
    }

    /// Ends the pool as soon as its workers have finished.
    package mutating func stop() {
        isStopping = true
    }

    private mutating func stop(_ index: Int, at now: Instant) -> PoolStep {
        workers[index].phase = .stopping
        workers[index].deadline = now + Self.drainLimit
        return .terminate(workers[index].process)
    }

    private mutating func delayStart(by delay: Duration, at now: Instant) -> Duration {
        nextStart = now + delay
        return delay
    }

    /// Whether there are too few workers, or one is to be replaced and all others serve.
    private var isStartWanted: Bool {
        let staying = workers.filter { !$0.isStopping }
        if isStopping || staying.count < size { return !isStopping }
        // Workers that still finish requests delay nothing, but must not become many.
        return isReloading && staying.count == size && staying.allSatisfy(\.isReady)
            && staying.contains(where: \.isOutdated) && workers.count < 2 * size
    }

    /// After a failure one worker at a time is tried.
    private func mayStart(at now: Instant) -> Bool {
        nextStart.map { $0 <= now && !isStarting } ?? true
    }

    private var isStarting: Bool { workers.contains { $0.phase == .starting } }
}
