import ArgumentParser
import FileStore
import GrantCore

/// `grantctl client show`
struct ClientShow: StateCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Shows a client, without its secrets.",
        discussion: """
            Times in JSON are seconds since 1970. A secret is named by the first characters of its hash's SHA-256. \
            Its use is recorded once an hour, so the last use may be up to an hour later than shown.

            EXAMPLES:
              grantctl client show web-app
              grantctl client show web-app --json | jq .secrets
            """
    )

    @OptionGroup var client: ClientArgument
    @OptionGroup var common: CommonOptions

    func perform(in site: Site, at now: () -> Timestamp) async throws -> Report {
        let shown = try await site.clients.client(client.id)
        var uses: [String: Timestamp] = [:]
        var note: String?
        do throws(StorageError) {
            uses = try await site.lastUses(of: client.id)
        } catch {
            // The client itself can be shown all the same.
            note = "grantctl: when its secrets were last used cannot be read: \(error)".printable
        }
        return Report(
            json: ClientDocument(shown, lastUses: uses),
            text: shown.text(at: now(), lastUses: uses),
            note: note
        )
    }
}
