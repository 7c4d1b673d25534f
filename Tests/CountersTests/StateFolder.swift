import Glibc
import StoreConformance
import Testing

@testable import Counters

/// A directory for a file of counters, which goes with the test.
final class StateFolder {
    private let directory: TemporaryDirectory
    var path: String { directory.path }

    init() throws {
        directory = try TemporaryDirectory()
    }

    var file: String { "\(path)/counters" }

    /// Changes the file's bytes, at its beginning.
    func overwrite(_ bytes: [UInt8], at offset: Int = 0) {
        let number = unsafe open(file, O_WRONLY)
        unsafe pwrite(number, bytes, bytes.count, off_t(offset))
        close(number)
    }

    /// Puts a file of these bytes in the place of whatever is there.
    func put(_ bytes: [UInt8], mode: mode_t = 0o600) {
        unsafe unlink(file)
        let number = unsafe open(file, O_WRONLY | O_CREAT, mode)
        unsafe write(number, bytes, bytes.count)
        close(number)
    }

    /// A worker's counters in it, and what they report.
    func counters(countsClients: Bool = false) -> (WorkerCounters, Reports) {
        let reports = Reports()
        return (
            WorkerCounters(in: path, countsClients: countsClients) { reports.faults.append($0) }, reports
        )
    }

    func reading(withHistory: Bool = false) throws -> CounterReading {
        try CounterReading(in: path, withHistory: withHistory)
    }
}

/// What counters report.
final class Reports {
    var faults: [CountersFault?] = []
}

extension WorkerCounters {
    /// Counts a request that took no time.
    func answered(_ endpoint: CountedEndpoint, _ status: Int, after duration: Duration = .zero) {
        let now = ContinuousClock.now
        answered(endpoint, status: status, received: now - duration, at: now)
    }
}
