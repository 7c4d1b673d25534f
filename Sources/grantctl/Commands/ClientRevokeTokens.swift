import ArgumentParser
import Encoding
import FileStore
import GrantCore

/// `grantctl client revoke-tokens`
struct ClientRevokeTokens: StateCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke-tokens",
        abstract: "Revokes all tokens of a client; it can get new ones.",
        discussion: """
            The client's file gets a new generation, and tokens of another generation are not active. A not_before in \
            the file is removed.
            """
    )

    @OptionGroup var client: ClientArgument
    @OptionGroup var common: CommonOptions

    func perform(in site: Site, at now: () -> Timestamp) async throws -> Report {
        let generation = Generation(random: SecureRandom.bytes(Generation.byteCount))
        let administration = site.clients
        try await administration.update(client.id, as: .revokeTokens) {
            $0.generation = generation
            $0.notBefore = nil
        }
        return Report(
            json: Revoked(clientId: client.id.value, generation: generation.value),
            text: "All tokens of client \(client.id.value.printable) are revoked."
        )
    }

    private struct Revoked: Encodable {
        let clientId: String
        let generation: String
    }
}
