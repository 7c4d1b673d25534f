import ArgumentParser
import FileStore
import GrantCore
import RedisStore
import Settings

/// `grantctl token stats`
struct TokenStats: StateCommand {
    static let configuration = CommandConfiguration(
        commandName: "stats",
        abstract: "Counts the tokens in each window of time.",
        discussion: """
            A window is a file of tokens that expire at about the same time; it is deleted when all have expired. Live \
            tokens have neither expired nor been revoked; their clients may be disabled or removed. A damaged slot was \
            torn by a killed process or a power cut.

            With an engine it counts the tokens on each primary, those included that expired within the last minute. It \
            takes the administrator's user.
            """
    )

    @OptionGroup var common: CommonOptions

    func perform(in site: Site, at now: () -> Timestamp) async throws -> Report {
        if let engine = site.engine { return try await report(on: engine) }
        let tokens = FileTokenStore(in: site.state, durability: .disk)
        let now = now()
        var windows: [WindowStatistics] = []
        let existing = try tokens.existingWindows()
        let progress = ProgressBar("Counting tokens", of: "windows", total: existing.count)
        for window in existing {
            if let statistics = try tokens.statistics(of: window, at: now) { windows.append(statistics) }
            progress.advance()
        }
        progress.hide()
        let total = TokenCounts(windows)
        var rows = [["ENDS", "LIVE", "REVOKED", "EXPIRED", "DAMAGED", "BYTES"]]
        rows += windows.map { [$0.end.text] + TokenCounts([$0]).cells }
        rows.append(["all \(windows.count)"] + total.cells)
        return Report(
            json: Statistics(
                total: total,
                windows: windows.map { Entry(end: $0.end.seconds, counts: TokenCounts([$0])) }
            ),
            text: Table(rows).text(width: OutputWidth.current, .shown(by: ProcessEnvironment.current()))
        )
    }

    private func report(on engine: RedisStore) async throws -> Report {
        let counts = try await engine.countTokens()
        let total = counts.map(\.tokens).reduce(0, +)
        let rows = [["MEMBER", "TOKENS"]] + counts.map { [$0.member, "\($0.tokens)"] } + [["all", "\(total)"]]
        let members = counts.map { EngineCount(member: $0.member, tokens: $0.tokens) }
        return Report(
            json: EngineCounts(total: total, members: members),
            text: Table(rows).text(width: OutputWidth.current, .shown(by: ProcessEnvironment.current()))
        )
    }

    private struct EngineCounts: Encodable {
        let total: Int
        let members: [EngineCount]
    }

    private struct EngineCount: Encodable {
        let member: String
        let tokens: Int
    }

    private struct Statistics: Encodable {
        let total: TokenCounts
        let windows: [Entry]
    }

    private struct Entry: Encodable {
        let end: Int64
        let counts: TokenCounts
    }
}

/// The counts of one window or of several.
private struct TokenCounts: Encodable {
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
