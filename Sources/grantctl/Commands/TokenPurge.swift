import ArgumentParser
import FileStore
import GrantCore

/// `grantctl token purge`
struct TokenPurge: StateCommand {
    static let configuration = CommandConfiguration(
        commandName: "purge",
        abstract: "Deletes the files of windows whose tokens have all expired.",
        discussion: """
            grantd does so whenever it opens a new window; this command is for a state that no grantd uses, or that is \
            left from before an engine was used. An engine drops expired tokens by itself.

            If the clock is set wrong, active tokens would be deleted. So it is trusted only after grantd or this command \
            has seen it run for five minutes without being set; until then nothing is deleted and the exit status is 1.
            """
    )

    @Flag(help: "Trust the clock even if it was set, or the machine was started, a moment ago.")
    var believeClock = false

    @OptionGroup var common: CommonOptions

    func perform(in site: Site, at now: () -> Timestamp) async throws -> Report {
        let tokens = FileTokenStore(in: site.state, durability: .disk)
        var progress: ProgressBar?
        let outcome = try tokens.purge(at: now(), believingClock: believeClock) { total in
            if progress == nil { progress = ProgressBar("Deleting windows", of: "windows", total: total) }
            progress?.advance()
        }
        progress?.hide()
        switch outcome {
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
