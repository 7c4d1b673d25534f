import ArgumentParser
import FileStore
import GrantCore
import RedisStore

/// `grantctl store init`
struct StoreInit: EngineCommand {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract: "Sets the engine up for grantd; again after an upgrade.",
        discussion: """
            It loads grantd's functions into every primary and makes the key that tokens are tagged with. An engine that \
            holds other data is refused. Doing it again does no harm.

            After the engine was restored from a backup, --new-generation ends all tokens: which of them were revoked \
            since the backup is not known.

            EXAMPLES:
              GRANTD_STORE=redis://10.0.0.1:6379 grantctl store init
            """
    )

    @Flag(help: "End all tokens that were issued so far.")
    var newGeneration = false

    @OptionGroup var common: CommonOptions

    func perform(in site: Site, _ store: RedisStore, at now: () -> Timestamp) async throws -> Report {
        let setup = try await EngineAdministration(store.engine).setUp()
        var ended = 0
        if newGeneration {
            for id in try await site.clients.ids() {
                let generation = Generation(random: SecureRandom.bytes(Generation.byteCount))
                try await site.clients.update(id, as: .revokeTokens) {
                    $0.generation = generation
                    $0.notBefore = nil
                }
                ended += 1
            }
        }
        let text =
            switch setup {
            case .made: "The engine is set up."
            case .renewed: "The engine was set up before; its functions are up to date."
            }
        let more = newGeneration ? " The tokens of \(ended) clients have ended." : ""
        return Report(json: Outcome(isNew: setup == .made, clientsRenewed: ended), text: text + more)
    }

    private struct Outcome: Encodable {
        let isNew: Bool
        let clientsRenewed: Int
    }
}
