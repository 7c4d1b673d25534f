import ArgumentParser
import FileStore
import GrantCore

/// `grantctl token purge`
struct TokenPurge: StateCommand {
    static let configuration = CommandConfiguration(
        commandName: "purge",
        abstract: "Removes the windows whose tokens have all expired.",
        discussion: "grantd does so by itself whenever it opens a new window; this is for a state at rest."
    )

    @OptionGroup var common: CommonOptions

    func perform(in state: StateDirectory, at now: () -> Timestamp) throws -> Report {
        let count = try FileTokenStore(in: state, durability: .disk).purge(at: now())
        return Report(
            json: Purged(purgedWindows: count),
            text: count == 1 ? "1 window was removed." : "\(count) windows were removed."
        )
    }

    private struct Purged: Encodable {
        let purgedWindows: Int
    }
}
