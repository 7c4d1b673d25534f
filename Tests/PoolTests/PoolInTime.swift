@testable import Pool

/// A pool with a clock of its own, whose workers have the process ids 1, 2, 3 and so on.
final class PoolInTime {
    var pool: Pool
    private(set) var now = ContinuousClock.now
    private(set) var latest: Int32 = 0

    init(size: Int) {
        pool = Pool(size: size)
    }

    /// A pool whose workers have just become ready.
    static func serving(_ size: Int) -> PoolInTime {
        let made = PoolInTime(size: size)
        _ = made.act()
        for process in 1...size { made.ready(Int32(process)) }
        return made
    }

    /// What a pool had done.
    enum Act: Equatable {
        case start(Int32)
        case terminate(Int32)
        case kill(Int32)
        case reloaded
    }

    /// Does all that the pool wants now.
    func act() -> [Act] {
        var acts: [Act] = []
        while let step = pool.next(at: now) {
            switch step {
            case .start:
                latest += 1
                pool.started(latest, at: now)
                acts.append(.start(latest))
            case .terminate(let process): acts.append(.terminate(process))
            case .kill(let process): acts.append(.kill(process))
            case .reloaded: acts.append(.reloaded)
            }
        }
        return acts
    }

    /// Whether all of these are news.
    @discardableResult
    func ready(_ processes: Int32...) -> Bool {
        processes.map { pool.becameReady($0, at: now) }.allSatisfy(\.self)
    }

    @discardableResult
    func end(_ process: Int32, _ end: ProcessEnd) -> WorkerLoss? {
        pool.ended(process, end, at: now)
    }

    func pass(_ time: Duration) {
        now += time
    }
}
