import ArgumentParser
import FileStore
import GrantCore

/// `grantctl token purge`
struct TokenPurge: StateCommand {
    static let configuration = CommandConfiguration(
        commandName: "purge",
        abstract: "Removes the windows whose tokens have all expired.",
        discussion: """
            grantd does so by itself whenever it opens a new window; this is for a state at rest.

            A clock that was set wrong would end live tokens. So it is believed only once it has gone on without being set \
            for five minutes since grantd or this command first looked; until then nothing is removed and the exit status \
            is 1.
            """
    )

    @Flag(help: "Believes the clock, though it was set or the machine was started a moment ago.")
    var believeClock = false

    @OptionGroup var common: CommonOptions

    func perform(in state: StateDirectory, at now: () -> Timestamp) throws -> Report {
        let tokens = FileTokenStore(in: state, durability: .disk)
        switch try tokens.purge(at: now(), believingClock: believeClock) {
        case .purged(let count):
            return Report(
                json: Purged(purgedWindows: count),
                text: count == 1 ? "1 window was removed." : "\(count) windows were removed."
            )
        case .postponed(_, let wait):
            return Report(
                json: Purged(purgedWindows: 0, waitSeconds: wait),
                text: """
                    Nothing was removed: the clock was set, or has not been watched for five minutes. \
                    Try again in \(wait) s, or give --believe-clock.
                    """,
                exitCode: .refused
            )
        }
    }

    private struct Purged: Encodable {
        let purgedWindows: Int
        var waitSeconds: Int64?
    }
}
