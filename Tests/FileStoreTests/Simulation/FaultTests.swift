import FileStore
import GrantCore
import StoreSimulation
import Synchronization
import SystemPackage
import Testing

@Suite("A call that fails costs what it was for, and nothing that was answered")
struct FaultTests {
    /// `store-simulation` makes many more, see `Tests/EndToEnd/store/test_store_simulation.py`.
    @Test(arguments: [1, 2] as [UInt64])
    func `every fault at every call of a run`(_ seed: UInt64) throws {
        var simulation = FaultSimulation()
        try simulation.run(seed: seed, steps: 3)
        #expect(simulation.faults > 100)
        #expect(simulation.kinds.count > 25)
    }

    @Test
    func `on a full disk no token is issued, the old ones live and can be revoked, and no client changes`() async throws
    {
        let (machine, worker) = try Self.filled()
        let tokens = try Self.fill(worker, machine)
        #expect(tokens.count > 100)
        for token in tokens { #expect(try worker.tokens.find(token, at: machine.time) != nil) }
        #expect(try await worker.tokens.revoke(tokens[0], at: machine.time))
        #expect(throws: AdministrationError.self) { try worker.clients.update(Cast.clients[0]) { $0.isActive = false } }
        #expect(try worker.registry.client(for: Cast.clients[0])?.isActive == true)
        await #expect(throws: HealthFailure.self) {
            try await HealthCheck(registry: worker.registry, tokens: worker.tokens).run(at: machine.time)
        }

        machine.content.withLock { $0.capacity = nil }
        let more = try worker.tokens.issue(Cast.grants[0], at: machine.time, lifetime: 600)
        for token in tokens.dropFirst() + [more] { #expect(try worker.tokens.find(token, at: machine.time) != nil) }
        #expect(try worker.tokens.find(tokens[0], at: machine.time) == nil)
    }

    @Test
    func `a disk that is full of tokens has room again once they have passed, though no window could be opened`() throws
    {
        let (machine, worker) = try Self.filled()
        _ = try Self.fill(worker, machine)
        machine.advance(seconds: 1000)
        let token = try worker.tokens.issue(Cast.grants[0], at: machine.time, lifetime: 600)
        #expect(try worker.tokens.find(token, at: machine.time) != nil)
        #expect(worker.reports.contains { if case .purged = $0 { true } else { false } })
    }

    /// A machine with a client and with room for little more.
    private static func filled() throws -> (SimulatedMachine, SimulatedWorker) {
        let machine = SimulatedMachine(time: Cast.start)
        let process = machine.process(user: User.service)
        let worker = try SimulatedWorker(process, .disk, random: RandomSource(seed: 1))
        try worker.clients.add(Client(id: Cast.clients[0]))
        machine.content.withLock { $0.capacity = 24 }
        return (machine, worker)
    }

    /// Issues until there is no room.
    private static func fill(_ worker: SimulatedWorker, _ machine: SimulatedMachine) throws -> [AccessToken] {
        var tokens: [AccessToken] = []
        while tokens.count < 10_000 {
            do throws(StorageError) {
                tokens.append(try worker.tokens.issue(Cast.grants[0], at: machine.time, lifetime: 600))
            } catch .full {
                return tokens
            }
        }
        Issue.record("the disk did not fill")
        return tokens
    }
}
