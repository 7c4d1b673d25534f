import FileStore
import GrantCore
import Testing

@testable import grantctl

@Suite struct DoctorClientTests {
    private static let now = Timestamp(seconds: 1_000_000)

    private func made(_ clients: MadeClients, places: Int = 0) async throws -> LiveCredentials {
        try await DoctorClient(clients: clients).make(scope: .none, places: places, at: Self.now)
    }

    @Test func `its secret and its tokens last longer for each path`() async throws {
        let clients = MadeClients()
        _ = try await made(clients)
        #expect(clients.client?.accessTokenLifetime == 60)
        #expect(clients.client?.secrets.map(\.expiresAt) == [Timestamp(seconds: Self.now.seconds + 120)])
        _ = try await made(clients, places: 4)
        #expect(clients.client?.accessTokenLifetime == 180)
        _ = try await made(clients, places: .max)
        #expect(clients.client?.accessTokenLifetime == 3660)
    }

    @Test(arguments: [
        (AdministrationError.unaudited(.unavailable("the disk is full"), isDone: true), 1),
        (.notKept(.unavailable("no member answers")), 1),
        (.unaudited(.unavailable("the disk is full"), isDone: false), 0), (.refused("no"), 0),
    ])
    func `nothing is left of one that could not be made`(failure: AdministrationError, removals: Int) async {
        let clients = MadeClients()
        clients.failure = failure
        await #expect(throws: failure) { try await made(clients) }
        #expect(clients.removed.count == removals)
    }
}
