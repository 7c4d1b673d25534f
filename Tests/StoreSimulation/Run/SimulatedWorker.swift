package import FileStore
import GrantCore

/// A process with the state open: a worker of grantd, or one run of grantctl.
package final class SimulatedWorker {
    package let process: SimulatedProcess
    package let durability: Durability
    package let clients: FileClientAdministration
    package let registry: FileClientRegistry
    package let tokens: FileTokenStore
    package let audit: AuditTrail
    package let uses: SecretUses
    package let assertions: FileUsedAssertions
    /// Opened where something is counted, since that makes a file.
    package private(set) lazy var counts = FileFailureCounts(in: state) { [log] in log.reports.append($0) }
    /// What the store would have logged.
    package var reports: [StoreReport] { log.reports }
    /// Whether its log has heard that something could not be counted.
    package var hasReportedCounting: Bool { reports.contains { if case .countingFailed = $0 { true } else { false } } }
    /// Whether its log has heard that a use could not be recorded.
    package var hasReportedUse: Bool { reports.contains { if case .useNotRecorded = $0 { true } else { false } } }
    /// Whether its log has heard that a client's file could not be used.
    package var hasReportedClient: Bool { reports.contains { if case .unusableClient = $0 { true } else { false } } }
    private let log: ReportLog
    private let state: StateDirectory

    private final class ReportLog {
        var reports: [StoreReport] = []
    }

    /// Where every simulated machine has its state.
    package static let path = "/state"
    /// Its audit, in the root.
    package static let auditName = "audit.jsonl"

    /// Opens the state in a process that has been started.
    package init(_ process: SimulatedProcess, _ durability: Durability, random: RandomSource) throws(StateError) {
        let state = try StateDirectory(path: Self.path, fileSystem: process, random: random.bytes)
        let log = ReportLog()
        self.process = process
        self.durability = durability
        self.log = log
        self.state = state
        clients = FileClientAdministration(in: state)
        registry = FileClientRegistry(in: state) { log.reports.append($0) }
        tokens = FileTokenStore(in: state, durability: durability, random: random.bytes) { log.reports.append($0) }
        audit = AuditTrail(at: "/\(Self.auditName)", of: state, durability: durability)
        uses = SecretUses(in: state) { log.reports.append($0) }
        // A small table, so that the next one is needed soon.
        assertions = try FileUsedAssertions(in: state, durability: durability, bucketCount: 1) {
            log.reports.append($0)
        }
    }
}

/// Random numbers that several share.
package final class RandomSource {
    package var generator: SeededRandom

    package init(seed: UInt64) {
        generator = SeededRandom(seed: seed)
    }

    /// Returns this many bytes.
    package func bytes(_ count: Int) -> [UInt8] {
        generator.bytes(count)
    }
}
