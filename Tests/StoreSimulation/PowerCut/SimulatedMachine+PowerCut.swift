import GrantCore
import Synchronization

extension SimulatedMachine {
    /// What is started again after a power cut that left nothing but what was synced.
    package func restartedWithoutUnsynced() -> SimulatedMachine {
        restarted { Survivors(kept: [Bool](repeating: false, count: $0)) }
    }

    /// What is started again after a power cut that left everything, synced or not.
    package func restartedWithAll() -> SimulatedMachine {
        restarted { Survivors(kept: [Bool](repeating: true, count: $0)) }
    }

    private func restarted(_ survivors: (Int) -> Survivors) -> SimulatedMachine {
        var history = DiskHistory(disk)
        for logged in content.withLock({ $0.log }) { history.follow(logged.operation) }
        return SimulatedMachine(history.image(survivors(history.pending.count)), time: time)
    }
}
