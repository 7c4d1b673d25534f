import FileStore
import GrantCore
import StoreConformance
import Testing

@Suite("FileUsedAssertions keeps what all stores of used assertions promise", .serialized)
struct FileUsedAssertionsConformanceTests {
    /// With a table of one bucket, most names are in later ones.
    @Test(arguments: UsedAssertionsConformance.checks, [1, AssertionFile.usualBucketCount])
    func promise(_ check: UsedAssertionsConformance.Check, _ bucketCount: Int64) async throws {
        for durability in Durability.allCases {
            try await check.run {
                let state = try TemporaryState()
                return {
                    try FileUsedAssertions(in: try state.open(), durability: durability, bucketCount: bucketCount)
                }
            }
        }
    }

    @Test(arguments: [(Durability.process, 4000), (.disk, 400)])
    func `of eight processes that use the same assertions at once, one is first at each, and kills change nothing`(
        _ durability: Durability,
        _ count: Int
    ) async throws {
        let state = try TemporaryState()
        let race = AssertionRace(
            executable: builtProgram("store-using-process"),
            place: [state.path, durability.rawValue]
        )
        let outcome = try race.run(processes: 8, assertions: count)
        #expect(outcome.kills > 0)
        #expect(outcome.successful > 1, "more than one process was at it")
        #expect(outcome.winners.allSatisfy { $0 <= 1 }, "none passes twice")
        // One that was killed may have been the first, and not have come to say so.
        #expect(outcome.winners.count { $0 == 0 } <= outcome.kills)
        let store = try FileUsedAssertions(in: try state.open(), durability: durability)
        let now = KernelFileSystem().now
        let id = try #require(ClientID(AssertionRace.client))
        for number in outcome.winners.indices {
            let name = AssertionName(client: id, jti: "\(number)")
            #expect(try !store.use(name, until: now.adding(seconds: 200), at: now))
        }
    }
}
