import ArgumentParser
import Encoding
import FileStore
import GrantCore

/// `grantctl client remove`
struct ClientRemove: StateCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove",
        abstract: "Removes a client; its tokens stop working.",
        discussion: """
            It does not ask for confirmation. If a client with the same id is created later, tokens that have not \
            expired work again: revoke them first with `client revoke-tokens`, or use `client disable` and keep the \
            file.
            """,
        aliases: ["rm", "delete"]
    )

    @OptionGroup var client: ClientArgument
    @OptionGroup var common: CommonOptions

    func perform(in site: Site, at now: () -> Timestamp) async throws -> Report {
        try await site.remove(client.id)
        return Report(
            json: Removed(clientId: client.id.value, removed: true),
            text: "Client \(client.id.value.printable) was removed."
        )
    }

    private struct Removed: Encodable {
        let clientId: String
        let removed: Bool
    }
}
