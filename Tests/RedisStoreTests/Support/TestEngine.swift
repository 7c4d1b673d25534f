import FileStore
import Foundation
import Glibc
import GrantCore
import Linux
import StoreConformance
import Testing

@testable import RedisStore

/// An engine that the cases of one serialized suite share one after another, empty for each of them. A suite beside it starts
/// `EngineProcesses` of its own.
struct TestEngine: Sendable, CustomStringConvertible, Hashable {
    let program: EngineProgram
    let isCluster: Bool

    /// All that the store has to work on; one of them where `GRANTD_ONE_ENGINE` is set, as between edits.
    static let all = EngineProgram.allCases.flatMap { program in
        [TestEngine(program: program, isCluster: true), TestEngine(program: program, isCluster: false)]
    }.prefix(ProcessInfo.processInfo.environment["GRANTD_ONE_ENGINE"] == nil ? .max : 1)

    var description: String { "\(program), \(isCluster ? "Cluster of three" : "single")" }

    /// Starts its processes, or takes those of an earlier test, and empties them.
    func processes() throws -> EngineProcesses {
        let processes = try RunningEngines.shared.processes(of: self)
        for port in processes.ports { processes.ask(port, "flushall") }
        return processes
    }
}

/// The engines that run, until the test's process ends.
private final class RunningEngines: @unchecked Sendable {
    static let shared = RunningEngines()

    // Sound: used under the lock.
    private let lock = NSLock()
    private var running: [TestEngine: EngineProcesses] = [:]

    func processes(of engine: TestEngine) throws -> EngineProcesses {
        try lock.withLock {
            if let known = running[engine] { return known }
            let made = try EngineProcesses(engine.program, count: engine.isCluster ? 3 : 1, isCluster: engine.isCluster)
            if engine.isCluster { try made.join(replicas: 0) }
            running[engine] = made
            return made
        }
    }
}

/// Several processes of several machines in one: stores on one engine, each with connections and a journal of its own.
///
/// All that awaits an answer runs in ``run(_:)``, on one thread.
final class Machines: @unchecked Sendable {
    // Sound: all of it is used on the thread that runs the test.
    private let sources = SeveralSources()
    private var states: [TemporaryDirectory] = []
    let seeds: [Endpoint]
    var patience: Duration = .seconds(5)
    /// Long, since a question that is asked again counts a failure again; short where that is what is tested.
    var answerTime: Duration = .seconds(30)
    private(set) var reports: [EngineReport] = []
    /// What they talk to lives as long as they do.
    var kept: AnyObject?

    init(_ seeds: [Endpoint]) {
        self.seeds = seeds
    }

    convenience init(on processes: EngineProcesses) {
        self.init(processes.ports.map { .tcp(host: "127.0.0.1", port: UInt16($0)) })
        kept = processes
    }

    /// Opens the engine as one more process would.
    func open(
        state: TemporaryDirectory? = nil,
        durability: Durability = .process,
        clock: RedisFailureCounts.Clock = .caller,
        readsAhead: Bool = false,
        change: (inout EngineSettings) -> Void = { _ in }
    ) throws -> RedisStore {
        let directory = try state ?? TemporaryDirectory()
        states.append(directory)
        var settings = EngineSettings(seeds: seeds)
        settings.replicas = 0
        settings.patience = patience
        settings.answerTime = answerTime
        change(&settings)
        let opened = try StateDirectory(path: directory.path)
        let engine = try Engine(settings, journal: RevocationJournal(in: opened)) { [unowned self] in reports.append($0)
        }
        sources.add(engine.loop)
        let files = FormerTokens(in: opened, store: FileTokenStore(in: opened, durability: .process))
        return RedisStore(in: engine, durability: durability, files: files, clock: clock, readsAhead: readsAhead)
    }

    /// Opens the engine and sets it up.
    func openFirst() throws -> RedisStore {
        let store = try open()
        try run { _ = try await EngineAdministration(store.engine).setUp() }
        return store
    }

    /// Runs what awaits answers.
    func run<Value>(_ operation: () async throws -> Value) throws -> Value {
        try ThreadExecutor().run(serving: sources, operation)
    }
}

/// The event loops of several stores as one.
private final class SeveralSources: EventSource {
    private var queue: EventQueue
    private var sources: [EngineLoop] = []

    init() {
        do throws(SystemCallFailure) { queue = try EventQueue() } catch { fatalError("\(error)") }
    }

    func add(_ source: EngineLoop) {
        sources.append(source)
        do throws(SystemCallFailure) { try queue.add(source.descriptor, for: .readable) } catch {
            fatalError("\(error)")
        }
    }

    var descriptor: Int32 { queue.number }
    var deadline: ContinuousClock.Instant? { sources.compactMap(\.deadline).min() }

    func handleEvents() {
        for source in sources { source.handleEvents() }
    }

    func flush() -> Bool {
        var hasRun = false
        for source in sources where source.flush() { hasRun = true }
        return hasRun
    }
}
