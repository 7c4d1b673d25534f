import ArgumentParser
import FileStore
import GrantCore

/// `grantctl key remove`
struct KeyRemove: StateCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove",
        abstract: "Deletes a key's file.",
        discussion: """
            A key that is not gone is removed with --force only: it is not published any more, so others cannot verify the \
            tokens that it has signed once they ask for the keys again, after five minutes at most. Here these tokens stay \
            active until they expire or are revoked.
            """,
        aliases: ["rm", "delete"]
    )

    @OptionGroup var key: KeyArgument

    @Flag(help: "Remove it even if tokens that it has signed may be active.")
    var force = false

    @OptionGroup var common: CommonOptions

    func perform(in site: Site, at now: () -> Timestamp) async throws -> Report {
        let now = now()
        let administration = site.keys
        let removed = try administration.remove(key.id, at: now, evenIfUsed: force)
        let isSigning = try administration.keys().contains { $0.schedule.stage(at: now) == .active }
        return Report(
            json: Removed(kid: removed.id, removed: true),
            text: "The key \(removed.id) was removed.",
            note: isSigning ? nil : "No key signs tokens now. To make one: grantctl key add"
        )
    }

    private struct Removed: Encodable {
        let kid: String
        let removed: Bool
    }
}
