import Glibc
import Linux

/// The supervisor's line in the file of counters. None of its methods can fail.
///
/// It writes its few numbers with `pwrite(2)` instead of a mapping, so it never meets a lost page.
package final class PoolCounters {
    private let directory: String
    private let report: (CountersFault) -> Void
    private var file: CounterFile?
    private var index = 0
    private var restartsBefore: UInt64 = 0
    private var restarts = 0
    private var lastRestart: UInt64 = 0
    private let since = WallClock.now
    private var fault: CountersFault?
    private var hasBegun = false

    /// How many workers there are, by state.
    package struct Census: Equatable {
        package var size = 0
        package var starting = 0
        package var serving = 0
        package var stopping = 0
        /// How often a dead worker was replaced since the supervisor started.
        package var restarts = 0

        package init() {}
    }

    /// Makes the file, and the directory, if it is missing, so that the workers find it.
    ///
    /// - Parameters:
    ///   - directory: the path of the state directory.
    ///   - report: is called once with the reason if the file cannot be used.
    package init(in directory: String, report: @escaping (CountersFault) -> Void) {
        self.directory = directory
        self.report = report
        // Sound: the call reads a string that lives through it. If it fails, opening the directory says why.
        _ = unsafe mkdir(directory, 0o700)
        changed(Census())
    }

    /// Records the pool's workers after a change.
    package func changed(_ census: Census) {
        do throws(CountersFault) {
            if file?.isCurrent != true { try begin() }
            if census.restarts > restarts {
                restarts = census.restarts
                lastRestart = UInt64(clamping: WallClock.now)
            }
            let numbers: [UInt64] = [
                UInt64(UInt32(bitPattern: getpid())), UInt64(census.size), UInt64(census.starting),
                UInt64(census.serving), UInt64(census.stopping), restartsBefore &+ UInt64(census.restarts),
                lastRestart, UInt64(clamping: since),
            ]
            var bytes: [UInt8] = []
            for number in numbers { bytes.append(number: number) }
            try file?.write(bytes, at: CounterFormat.pool(index))
            fault = nil
        } catch {
            if fault != error { report(error) }
            fault = error
        }
    }

    private func begin() throws(CountersFault) {
        // Once workers run, their supervisor must not be kept waiting.
        let patience: Duration = hasBegun ? .milliseconds(5) : .seconds(1)
        hasBegun = true
        let opened = try CounterFile(in: directory, inPlaceOf: file, patience: patience)
        file = nil
        let free = (0..<CounterFormat.poolCount).first { index in
            ByteRangeLock(CounterFormat.pool(index), length: 1).take(opened.descriptor.number)
        }
        guard let free else { throw .full }
        index = free
        restartsBefore = try opened.number(at: CounterFormat.pool(free) + PoolField.restarts)
        lastRestart = max(lastRestart, try opened.number(at: CounterFormat.pool(free) + PoolField.lastRestart))
        file = opened
    }
}
