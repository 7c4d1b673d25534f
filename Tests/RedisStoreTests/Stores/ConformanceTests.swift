import FileStore
import GrantCore
import StoreConformance
import Testing

@testable import RedisStore

@Suite("RedisStore keeps what every store promises", .serialized)
struct ConformanceTests {
    @Test(arguments: TokenStoreConformance.checks, TestEngine.all)
    func tokens(_ check: TokenStoreConformance.Check, _ engine: TestEngine) throws {
        let machines = Machines(on: try engine.processes())
        _ = try machines.openFirst()
        try machines.run {
            try await check.run { { try machines.open().tokens } }
        }
    }

    @Test(arguments: FailureCountsConformance.checks, TestEngine.all)
    func counts(_ check: FailureCountsConformance.Check, _ engine: TestEngine) throws {
        let machines = Machines(on: try engine.processes())
        _ = try machines.openFirst()
        try machines.run {
            try await check.run { { try machines.open().counts } }
        }
    }

    @Test(arguments: UsedAssertionsConformance.checks, TestEngine.all)
    func assertions(_ check: UsedAssertionsConformance.Check, _ engine: TestEngine) throws {
        let machines = Machines(on: try engine.processes())
        _ = try machines.openFirst()
        try machines.run {
            try await check.run { { try machines.open().assertions } }
        }
    }

    @Test(arguments: TestEngine.all)
    func `of eight processes that use the same assertions at once, one is first at each, and kills change nothing`(
        _ engine: TestEngine
    ) throws {
        let (processes, state) = (try engine.processes(), try TemporaryDirectory())
        let machines = Machines(on: processes)
        let store = try machines.openFirst()
        let race = AssertionRace(
            executable: builtProgram("store-using-process"),
            place: [state.path, "\(processes.ports[0])"]
        )
        let count = 1000
        let outcome = try race.run(processes: 8, assertions: count)
        #expect(outcome.kills > 0)
        #expect(outcome.successful > 1, "more than one process was at it")
        #expect(outcome.winners.allSatisfy { $0 <= 1 }, "none passes twice")
        // One that was killed may have been the first, and not have come to say so.
        #expect(outcome.winners.count { $0 == 0 } <= outcome.kills)
        let (id, now) = (try #require(ClientID(AssertionRace.client)), KernelFileSystem().now)
        let passed = try machines.run { () async throws -> Int in
            var passed = 0
            for number in outcome.winners.indices {
                let name = AssertionName(client: id, jti: "\(number)")
                if try await store.assertions.use(name, until: now.adding(seconds: 200), at: now) { passed += 1 }
            }
            return passed
        }
        #expect(passed == 0)
    }

    @Test(arguments: FailureAdministrationConformance.checks, TestEngine.all)
    func failures(_ check: FailureAdministrationConformance.Check, _ engine: TestEngine) throws {
        let machines = Machines(on: try engine.processes())
        _ = try machines.openFirst()
        try machines.run {
            try await check.run {
                let store = try machines.open()
                return (store.counts, store.failures)
            }
        }
    }

    @Test(arguments: ClientRegistryConformance.checks, TestEngine.all)
    func clients(_ check: ClientRegistryConformance.Check, _ engine: TestEngine) throws {
        let machines = Machines(on: try engine.processes())
        let first = try machines.openFirst()
        let clients = RedisClientAdministration(in: first.engine, user: 0)
        try machines.run {
            try await check.run(
                ClientRegistryConformance.Place(
                    open: { ConfirmedRegistry(registry: try machines.open().registry) },
                    put: { client in
                        do throws(AdministrationError) {
                            try await clients.add(client, as: .add)
                        } catch {
                            guard error == .exists(client.id) else { throw error }
                            try await clients.update(client.id, as: .other) { $0 = client }
                        }
                    },
                    remove: { try await clients.remove($0) }
                )
            )
        }
    }
}

/// A registry as requests use it: what it answers from memory is confirmed before it counts.
private struct ConfirmedRegistry: ClientRegistry {
    let registry: RedisClientRegistry

    func client(for id: ClientID) async throws(StorageError) -> Client? {
        while true {
            let basis = registry.basis
            let client = try await registry.client(for: id)
            try await registry.confirmBasis(for: id)
            if registry.basis == basis { return client }
        }
    }
}
