import ArgumentParser
import FileStore
import GrantCore

/// `grantctl token stats`
struct TokenStats: StateCommand {
    static let configuration = CommandConfiguration(
        commandName: "stats",
        abstract: "Counts the tokens in each window of time.",
        discussion: """
            A window is a file of tokens that expire at about the same time; it is deleted when all have expired. Live \
            tokens have neither expired nor been revoked; their clients may be disabled or removed. A damaged slot was \
            torn by a killed process or a power cut.
            """
    )

    @OptionGroup var common: CommonOptions

    func perform(in state: StateDirectory, at now: () -> Timestamp) throws -> Report {
        let tokens = FileTokenStore(in: state, durability: .disk)
        let now = now()
        var windows: [WindowStatistics] = []
        for window in try tokens.existingWindows() {
            if let statistics = try tokens.statistics(of: window, at: now) { windows.append(statistics) }
        }
        let total = Counts(windows)
        var rows = [["ENDS", "LIVE", "REVOKED", "EXPIRED", "DAMAGED", "BYTES"]]
        rows += windows.map { [$0.end.text] + Counts([$0]).cells }
        rows.append(["all \(windows.count)"] + total.cells)
        return Report(
            json: Statistics(total: total, windows: windows.map { Entry(end: $0.end.seconds, counts: Counts([$0])) }),
            text: Table.text(rows)
        )
    }

    private struct Statistics: Encodable {
        let total: Counts
        let windows: [Entry]
    }

    private struct Entry: Encodable {
        let end: Int64
        let counts: Counts
    }
}

/// Counts of one window or of several.
private struct Counts: Encodable {
    let live: Int
    let revoked: Int
    let expired: Int
    let damaged: Int
    let bytes: Int64

    init(_ windows: [WindowStatistics]) {
        live = windows.map(\.live).reduce(0, +)
        revoked = windows.map(\.revoked).reduce(0, +)
        expired = windows.map(\.expired).reduce(0, +)
        damaged = windows.map(\.damaged).reduce(0, +)
        bytes = windows.map(\.bytes).reduce(0, +)
    }

    var cells: [String] { [live, revoked, expired, damaged].map(String.init) + [String(bytes)] }
}
