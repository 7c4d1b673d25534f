import ArgumentParser
import FileStore
import GrantCore

/// `grantctl client show`
struct ClientShow: StateCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Shows a client, without its secrets.",
        discussion: """
            Times in JSON are seconds since 1970.

            EXAMPLES:
              grantctl client show web-app
              grantctl client show web-app --json | jq .secrets
            """
    )

    @OptionGroup var client: ClientArgument
    @OptionGroup var common: CommonOptions

    func perform(in state: StateDirectory, at now: () -> Timestamp) throws -> Report {
        let shown = try ClientAdministration(in: state).client(client.id)
        return Report(json: ClientDocument(shown), text: shown.text(at: now()))
    }
}
