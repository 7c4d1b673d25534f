import FileStore
import GrantCore
import StoreConformance
import Testing

@Suite("FileTokenStore keeps what every token store promises", .serialized)
struct FileTokenStoreConformanceTests {
    @Test(arguments: TokenStoreConformance.checks, [Durability.process, .disk])
    func promise(_ check: TokenStoreConformance.Check, _ durability: Durability) async throws {
        try await check.run {
            let state = try TemporaryState()
            return { FileTokenStore(in: try state.open(), durability: durability) }
        }
    }

    @Test(arguments: [Durability.process, .disk])
    func `eight processes issue 5,000 tokens each while one more is killed again and again, and no token is lost`(
        _ durability: Durability
    ) throws {
        let state = try TemporaryState()
        let suite = ConcurrencyConformance(
            executable: builtProgram("store-issuing-process"),
            place: [state.path, durability.rawValue]
        ) {
            FileTokenStore(in: try state.open(), durability: durability)
        }
        let tokensEach = durability == .process ? 5000 : 500
        let now = KernelFileSystem().now
        let outcome = try suite.run(processes: 8, tokensEach: tokensEach, at: now)
        #expect(outcome.lost == 0)
        #expect(outcome.kills > 1)
        #expect(outcome.tokensOfKilled > 0)
        #expect(Set(outcome.tokens).count == outcome.tokens.count, "no two are equal")
        #expect(outcome.tokens.count >= 8 * tokensEach)

        let fresh = FileTokenStore(in: try state.open(), durability: durability)
        for text in outcome.tokens {
            let token = try #require(AccessToken(text))
            #expect(try fresh.find(token, at: now) != nil)
        }
    }
}
