import FileStore
import GrantCore
import StoreConformance
import Testing

@Suite("FileFailureAdministration keeps what all administrations of failures promise")
struct FileFailureAdministrationTests {
    @Test(arguments: FailureAdministrationConformance.checks)
    func promise(_ check: FailureAdministrationConformance.Check) async throws {
        let place = try TemporaryState()
        try await check.run {
            let state = try place.open()
            return (FileFailureCounts(in: state) { Issue.record("\($0)") }, FileFailureAdministration(in: state))
        }
    }

    @Test
    func `nothing is made, and nothing is on record, where there is no file of counts`() throws {
        let state = try TemporaryState()
        _ = try state.open()
        let administration = FileFailureAdministration(in: try state.open())
        let id = try #require(ClientID("web"))
        #expect(try administration.failures(of: id, at: Timestamp(seconds: 0)).isEmpty)
        try administration.forgive(id, from: nil, at: Timestamp(seconds: 0))
        try administration.forgive(id, from: .unknown, at: Timestamp(seconds: 0))
        #expect(try state.names(in: "").contains("guesses") == false)
    }
}
