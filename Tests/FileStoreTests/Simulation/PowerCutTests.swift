import FileStore
import GrantCore
import StoreSimulation
import Synchronization
import SystemPackage
import Testing

@Suite("What was answered survives a power cut")
struct PowerCutTests {
    private static let grants = Cast.grants

    /// `store-simulation` looks at many more, see `Tests/EndToEnd/store/test_store_simulation.py`.
    @Test(arguments: CrashSimulation.Kind.allCases)
    func `a thousand states of each kind of run keep every promise`(_ kind: CrashSimulation.Kind) throws {
        var simulation = CrashSimulation(kind)
        try simulation.run(states: 1000, seed: 1)
        #expect(simulation.states == 1000)
    }

    @Test
    func `the first token and the first client do, with the key and all directories above them`() throws {
        try Self.begin(on: SimulatedMachine(time: Cast.start))
    }

    @Test
    func `so they do where the one before was killed at any call while it set the state up`() throws {
        let whole = SimulatedMachine(time: Cast.start).process(user: User.service)
        _ = try Self.open(whole)
        for call in whole.calls.indices {
            let machine = SimulatedMachine(time: Cast.start)
            let killed = machine.process(user: User.service)
            killed.intercept { number, _ in number == call ? .kill : nil }
            #expect(throws: StateError.self) { try Self.open(killed) }
            try Self.begin(on: machine)
        }
    }

    @Test
    func `a draft that root left, killed at a change of a client, is in nobody's way`() throws {
        let (machine, client) = (SimulatedMachine(time: Cast.start), Client(id: Cast.clients[0]))
        let service = try Self.open(machine.process(user: User.service))
        let root = machine.process(user: User.root)
        let administrator = try Self.open(root)
        root.intercept { _, call in call == .fchown ? .kill : nil }
        #expect(throws: AdministrationError.self) { try administrator.clients.add(client) }
        try service.clients.add(client)
        #expect(try service.registry.client(for: client.id) == client)
    }

    @Test
    func `a token does whose grant another process wrote and did not sync, however this one learned of it`() throws {
        for isFound in [true, false] {
            let machine = SimulatedMachine(time: Cast.start)
            let (hasty, careful) = (try Self.open(machine, .process), try Self.open(machine, .disk))
            _ = try Self.issue(Self.grants[0], by: careful, on: machine)
            let theirs = try Self.issue(Self.grants[1], by: hasty, on: machine)
            if isFound { #expect(try careful.tokens.find(theirs, at: machine.time) != nil) }
            let token = try Self.issue(Self.grants[1], by: careful, on: machine)
            try Self.expect(token, Self.grants[1], on: machine.restartedWithoutUnsynced())
        }
    }

    @Test
    func `a token does whose grant another process wrote and could not sync`() throws {
        let machine = SimulatedMachine(time: Cast.start)
        let process = machine.process(user: User.service)
        let unlucky = try Self.open(process)
        process.intercept { _, call in call == .fdatasync ? .failure(.ioError) : nil }
        #expect(throws: StorageError.self) { try Self.issue(Self.grants[0], by: unlucky, on: machine) }
        let token = try Self.issue(Self.grants[0], by: try Self.open(machine, .disk), on: machine)
        try Self.expect(token, Self.grants[0], on: machine.restartedWithoutUnsynced())
    }

    @Test(arguments: Durability.allCases)
    func `an event of the audit does, with the name of its file, whoever made that`(_ first: Durability) throws {
        let machine = SimulatedMachine(time: Cast.start)
        var ledger = AuditLedger()
        for durability in [first, .disk] {
            let worker = try Self.open(machine, durability)
            let kind: AuditEvent.Kind = durability == .disk ? .issue : .denial
            let (number, event) = ledger.begin(kind, of: Cast.clients[0], durability, at: machine.position)
            try worker.audit.append(event)
            ledger.finish(number, at: machine.position)
        }
        let after = machine.restartedWithoutUnsynced()
        let files = after.content.withLock { $0.nodes.auditFiles }
        #expect(files.count == 1)
        _ = try ledger.hold(files, at: machine.position)
    }

    @Test(arguments: [CallName.fchown, .fsync])
    func `an audit that root began does, as the service's own, also where it could not be given away at first`(
        _ failing: CallName
    ) throws {
        var nodes = [User.root, User.service].map { Node(owner: $0, isDirectory: true, parent: 0) }
        nodes[0].entries[String(SimulatedWorker.path.dropFirst())] = 1
        let machine = SimulatedMachine(nodes, time: Cast.start)
        var ledger = AuditLedger()
        let root = machine.process(user: User.root)
        let administrator = try Self.open(root)
        let (number, event) = ledger.begin(.issue, of: Cast.clients[0], .disk, at: machine.position)
        root.intercept { _, call in call == failing ? .failure(.ioError) : nil }
        #expect(throws: StorageError.self) { try administrator.audit.append(event) }
        root.intercept(nil)
        try administrator.audit.append(event)
        ledger.finish(number, at: machine.position)

        let after = machine.restartedWithoutUnsynced()
        _ = try ledger.hold(after.content.withLock { $0.nodes.auditFiles }, at: machine.position)
        try Self.open(after, .disk).audit.append(event)
    }

    @Test
    func `a use is on record as it was or not at all, also where another was killed while it recorded one`() throws {
        let machine = SimulatedMachine(time: Cast.start)
        var ledger = UseLedger()
        for (secret, isKilled) in zip(Cast.user.secrets, [true, false]) {
            let worker = try Self.open(machine, .disk)
            if isKilled { worker.process.intercept { _, call in call == .renameat ? .kill : nil } }
            ledger.begin(secret.hash.shortID, at: machine.time, machine.position)
            worker.uses.used(secret.hash, of: Cast.user, at: machine.time)
            machine.advance(seconds: 12_345)
        }
        var history = DiskHistory(machine.disk)
        for logged in machine.content.withLock({ $0.log }) { history.follow(logged.operation) }
        var (random, recorded) = (SeededRandom(seed: 1), 0)
        for survivors in history.survivors(limit: 256, torn: 2000, &random) {
            let after = try Self.open(SimulatedMachine(history.image(survivors), time: machine.time), .disk)
            let uses = try after.uses.lastUses(of: Cast.user.id)
            _ = try ledger.hold(uses, at: machine.position)
            recorded += uses.count
        }
        #expect(recorded > 0)
    }

    /// Answers a first token and a first client, and looks for them after the power was cut.
    private static func begin(on machine: SimulatedMachine) throws {
        let worker = try open(machine, .disk)
        let (token, client) = (try issue(grants[0], by: worker, on: machine), Client(id: Cast.clients[0]))
        try worker.clients.add(client)
        let after = machine.restartedWithoutUnsynced()
        try expect(token, grants[0], on: after)
        #expect(try open(after, .disk).registry.client(for: client.id) == client)
    }

    private static func open(_ process: SimulatedProcess) throws -> SimulatedWorker {
        try SimulatedWorker(process, .disk, random: RandomSource(seed: 1))
    }

    private static func open(_ machine: SimulatedMachine, _ durability: Durability) throws -> SimulatedWorker {
        let seed = UInt64.random(in: .min ... .max)
        return try SimulatedWorker(machine.process(user: User.service), durability, random: RandomSource(seed: seed))
    }

    private static func issue(
        _ grant: Grant,
        by worker: SimulatedWorker,
        on machine: SimulatedMachine
    ) throws -> AccessToken {
        try worker.tokens.issue(grant, at: machine.time, lifetime: 3600)
    }

    private static func expect(_ token: AccessToken, _ grant: Grant, on machine: SimulatedMachine) throws {
        #expect(try open(machine, .disk).tokens.find(token, at: machine.time)?.grant == grant)
    }
}
