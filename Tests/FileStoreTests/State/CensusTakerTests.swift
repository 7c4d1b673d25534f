import GrantCore
import Testing

@testable import FileStore

@Suite struct CensusTakerTests {
    private let state: TemporaryState
    private let now = KernelFileSystem().now

    init() throws {
        state = try TemporaryState()
        _ = try state.open()
    }

    /// The whole census, and in how many pieces it was taken.
    private func census(in pieces: Duration) throws -> (StateCensus, count: Int) {
        let taker = CensusTaker(of: state.path, at: now)
        for count in 1...1000 {
            if let census = try taker.advance(for: pieces) { return (census, count) }
        }
        throw EndlessCensus()
    }

    private struct EndlessCensus: Error {}

    @Test(arguments: [Duration.zero, .seconds(10)])
    func `A census counts active tokens and clients by state, in one piece or in many`(piece: Duration) async throws {
        let clients = FileClientAdministration(in: try state.open())
        let ids = ["a", "b", "c", "broken"].compactMap(ClientID.init)
        for id in ids.prefix(3) { try clients.add(Client(id: id)) }
        try clients.update(ids[1]) { $0.isActive = false }
        try state.write(Array("{".utf8), to: "clients/broken.json")
        let tokens = FileTokenStore(in: try state.open(), durability: .process)
        let grant = Grant(clientID: ids[0], scope: .none)
        let issued = try (0..<4).map { _ in try tokens.issue(grant, at: now, lifetime: 3600) }
        _ = try tokens.issue(grant, at: now, lifetime: 86_400)
        _ = try await tokens.revoke(issued[0], at: now)
        // The health check's own.
        _ = try tokens.issue(grant, at: now, lifetime: 1)

        let (census, count) = try census(in: piece)
        #expect(census.takenAt == now && census.activeTokens == 4)
        #expect(census.tokens.map(\.count) == [3, 1])
        #expect(census.tokens.map(\.end) == census.tokens.map(\.end).sorted())
        #expect((census.activeClients, census.disabledClients, census.unusableClients) == (2, 1, 1))
        #expect(piece > .zero ? count == 1 : count > 4)
    }

    @Test func `A client that is removed while the census is taken is not counted`() throws {
        let clients = FileClientAdministration(in: try state.open())
        let ids = ["a", "b"].compactMap(ClientID.init)
        for id in ids { try clients.add(Client(id: id)) }
        let taker = CensusTaker(of: state.path, at: now)
        #expect(try taker.advance(for: .zero) == nil)
        for id in ids { try? clients.remove(id) }
        let census = try taker.advance(for: .seconds(10))
        #expect(census?.activeClients == 1 && census?.unusableClients == 0)
    }

    @Test func `A state directory that cannot be read is an error`() {
        #expect(throws: StateError.self) {
            try CensusTaker(of: state.path + "/missing", at: now).advance(for: .seconds(1))
        }
    }
}
