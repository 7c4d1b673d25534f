import FileStore
import GrantCore
import Testing

@testable import RedisStore

@Suite("A slot on its way to another member, whose keys go there one by one") struct MovingSlotTests {
    @Test(arguments: [[], ["g"], ["c"], ["g", "c"]])
    func `What has gone is asked of the one member, and what has not of the other`(gone: [Character]) throws {
        let processes = try EngineProcesses(.redis, count: 3, isCluster: true)
        try processes.join(replicas: 0)
        let machines = Machines(on: processes)
        machines.patience = .seconds(2)
        let client = Client(id: try #require(ClientID("web")))
        let key = ClientKey(client.id)
        let store = try machines.openFirst()
        try machines.run {
            let clients = RedisClientAdministration(in: store.engine, user: 0)
            try await clients.add(client, as: .add)
            let source = try await store.engine.owner(of: key.tag.slot)
            let target = try #require(try await store.engine.primaries().first { $0 !== source })
            try await move(key.tag.slot, from: source, to: target)
            for kind in gone {
                let name = kind == "g" ? key.tag.key("g") : key.registration
                try await send(name, from: source, to: target)
            }

            let found = try await machines.open().registry.client(for: client.id)
            #expect(found == client)
            let name = TokenKey(key.hash)
            var commands = name.storage(of: [1, 2, 3], milliseconds: 60_000)
            commands.append([[UInt8]("GET"), key.tag.key("g")])
            let replies = try await store.engine.attempt(commands, at: key.tag.slot)
            #expect(replies.count == 2 && replies[0].string == "OK" && replies[1].bytes?.count == 8)
            let revoked = try await store.engine.attempt(name.deletion, at: key.tag.slot)
            #expect(revoked[0].number == 1)
            try await clients.update(client.id, as: .disable) { $0.isActive = false }
            #expect(try await clients.client(client.id).isActive == false)
        }
    }

    /// Begins to move a slot.
    private func move(_ slot: UInt16, from source: Member, to target: Member) async throws {
        let question = RedisCommands("CLUSTER", "MYID")
        let from = try #require(try await source.ask(question)[0].string)
        let to = try #require(try await target.ask(question)[0].string)
        let imported = try await target.ask(RedisCommands("CLUSTER", "SETSLOT", "\(slot)", "IMPORTING", from))
        let migrated = try await source.ask(RedisCommands("CLUSTER", "SETSLOT", "\(slot)", "MIGRATING", to))
        #expect(imported[0].string == "OK" && migrated[0].string == "OK")
    }

    /// Sends one key of a slot that moves.
    private func send(_ key: [UInt8], from source: Member, to target: Member) async throws {
        var commands = RedisCommands()
        commands.append(
            [[UInt8]("MIGRATE"), [UInt8](target.name.host), [UInt8]("\(target.name.port)"), key]
                + [[UInt8]("0"), [UInt8]("5000")]
        )
        #expect(try await source.ask(commands)[0].string == "OK")
    }
}
