/// How many workers a pool has, by state.
package struct PoolCensus: Equatable {
    /// The configured number.
    package private(set) var size = 0
    /// Those that do not serve yet.
    package private(set) var starting = 0
    /// Those that serve.
    package private(set) var serving = 0
    /// Those that finish their requests and exit.
    package private(set) var stopping = 0
    /// How often a worker that died or did not start was replaced.
    package internal(set) var restarts = 0

    /// No pool yet.
    init() {}

    init(_ pool: Pool, restarts: Int) {
        size = pool.size
        starting = pool.workers.count { $0.phase == .starting }
        serving = pool.readyCount
        stopping = pool.workers.count(where: \.isStopping)
        self.restarts = restarts
    }
}

extension WorkerLoss {
    /// Whether a new worker replaces one that died or did not start.
    var isRestart: Bool {
        switch self {
        case .replaced, .startFailed: true
        case .stopped, .reloadAbandoned, .poolFailed: false
        }
    }
}
