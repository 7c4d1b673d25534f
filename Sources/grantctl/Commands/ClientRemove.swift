import ArgumentParser
import FileStore
import GrantCore

/// `grantctl client remove`
struct ClientRemove: StateCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove",
        abstract: "Removes a client; the tokens that it holds are dead.",
        discussion: """
            It asks nothing. A new client of the same id takes over what is left of the tokens: end them first, with \
            `client revoke-tokens`, or use `client disable` and keep the file.
            """
    )

    @OptionGroup var client: ClientArgument
    @OptionGroup var common: CommonOptions

    func perform(in state: StateDirectory, at now: () -> Timestamp) throws -> Report {
        try ClientAdministration(in: state, audit: common.audit(of: state)).remove(client.id)
        SecretUses(in: state).forget(client.id)
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
