import FileStore
import StoreConformance
import Testing

@Suite("FileFailureCounts keeps what all counts promise")
struct FileFailureCountsConformanceTests {
    @Test(arguments: FailureCountsConformance.checks)
    func promise(_ check: FailureCountsConformance.Check) async throws {
        try await check.run {
            let state = try TemporaryState()
            return { FileFailureCounts(in: try state.open()) { Issue.record("\($0)") } }
        }
    }
}
