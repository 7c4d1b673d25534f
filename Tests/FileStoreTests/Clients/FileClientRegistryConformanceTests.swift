import FileStore
import GrantCore
import StoreConformance
import Testing

@Suite("FileClientRegistry keeps what every registry promises")
struct FileClientRegistryConformanceTests {
    @Test(arguments: ClientRegistryConformance.checks)
    func promise(_ check: ClientRegistryConformance.Check) async throws {
        let state = try TemporaryState()
        let clients = FileClientAdministration(in: try state.open())
        try await check.run(
            ClientRegistryConformance.Place(
                open: { FileClientRegistry(in: try state.open()) { Issue.record("\($0)") } },
                put: { client in
                    do {
                        try clients.add(client)
                    } catch AdministrationError.exists {
                        try clients.update(client.id) { $0 = client }
                    }
                },
                remove: { try clients.remove($0) }
            )
        )
    }
}
