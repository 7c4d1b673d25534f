/// Tells the service manager what has changed about a pool, and nothing twice.
package struct ServiceNotifier {
    private var manager: ServiceManager
    private var status = ""
    private var hasSaidReady = false
    private var hasSaidReloading = false
    /// What went wrong last, until all workers serve again.
    private var trouble: String?
    /// Why the last reload failed, until one succeeds.
    private var reloadTrouble: String?

    /// Tells this manager.
    package init(_ manager: ServiceManager) {
        self.manager = manager
    }

    /// When ``announce(_:at:)`` is due though nothing has changed.
    package var wakeUp: ContinuousClock.Instant? { manager.wakeUp }

    /// Says how the pool is, as far as that is news, and that it lives.
    ///
    /// It lives as long as its supervisor acts: to restart all would not mend what keeps workers from starting, and would
    /// end those that serve.
    package mutating func announce(_ pool: Pool, at now: ContinuousClock.Instant) {
        if !hasSaidReady, pool.isWhole {
            hasSaidReady = true
            manager.ready()
        }
        if hasSaidReloading, !pool.isReloading {
            hasSaidReloading = false
            manager.ready()
        }
        if pool.isWhole { trouble = nil }
        let line = line(for: pool)
        if line != status {
            status = line
            manager.status(line)
        }
        manager.live(at: now)
    }

    /// The workers are being replaced.
    package mutating func reloading() {
        // Before it has heard that all is ready, a service manager does not want to hear of it.
        guard hasSaidReady else { return }
        hasSaidReloading = true
        manager.reloading()
    }

    /// All workers have been replaced.
    package mutating func reloaded() {
        reloadTrouble = nil
    }

    /// The pool ends.
    package func stopping() {
        manager.stopping()
    }

    /// A worker has ended, or could not be started.
    package mutating func lost(_ failure: WorkerFailure, _ loss: WorkerLoss) {
        switch loss {
        case .stopped: return
        case .replaced: trouble = "a worker ended: \(failure.cause)"
        case .startFailed, .poolFailed: trouble = "a worker did not start: \(failure.cause)"
        case .reloadAbandoned: reloadTrouble = "the last reload failed: \(failure.cause)"
        }
    }

    private func line(for pool: Pool) -> String {
        let doing = pool.isStopping ? "; stopping" : pool.isReloading ? "; reloading" : ""
        let troubles = [trouble, reloadTrouble].compactMap(\.self).map { "; \($0)" }.joined()
        return "\(pool.readyCount) of \(pool.size) workers serve\(doing)\(troubles)"
    }
}
