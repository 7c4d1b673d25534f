import ArgumentParser
import Encoding
import FileStore
import GrantCore
import Remedies

/// `grantctl client show`
struct ClientShow: StateCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Shows a client, without its secrets.",
        discussion: """
            Times in JSON are seconds since 1970. A secret is named by the first characters of its hash's SHA-256. \
            Its use is recorded once an hour, so the last use may be up to an hour later than shown. If failed \
            authentications make the client wait, the addresses and the end of each wait are shown; `client forgive` \
            ends the waits.

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
        var lockOuts: [LockOut]?
        var notes: [String] = []
        do throws(StorageError) {
            uses = try await site.lastUses(of: client.id)
        } catch {
            // The client itself can be shown all the same.
            notes.append("grantctl: when its secrets were last used cannot be read: \(error)".printable)
        }
        let now = now()
        do throws(StorageError) {
            lockOuts = try await LockOut.all(of: client.id, in: site, at: now)
        } catch {
            notes.append("grantctl: whether it has to wait after failures cannot be read: \(error)".printable)
        }
        if lockOuts?.isEmpty == false {
            notes.append("To end the waits: grantctl client forgive \(ShellWord.argument(client.id.value))")
        }
        return Report(
            json: ClientDocument(shown, lastUses: uses, lockOuts: lockOuts),
            text: shown.text(at: now, lastUses: uses, lockOuts: lockOuts ?? []),
            note: notes.isEmpty ? nil : notes.joined(separator: "\n")
        )
    }
}
