import ArgumentParser
import Encoding
import FileStore
import GrantCore
import RedisStore

/// `grantctl store import`
struct StoreImport: StateCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Takes over clients and tokens that `store export` printed.",
        discussion: """
            A client that exists with another registration is left alone and reported, and the exit status is 1, unless \
            --replace is given. A token that was revoked here in the meantime stays revoked. Files take only clients: \
            they cannot hold the tokens of an engine, and clients have to get new ones.

            Once a machine's own tokens are in the engine, its files are not read any more.
            """
    )
    static let makesStateDirectory = true

    @Flag(help: "Replace clients that exist with another registration.")
    var replace = false

    @OptionGroup var common: CommonOptions

    func perform(in site: Site, at now: () -> Timestamp) async throws -> Report {
        var outcome = Outcome()
        var number = 0
        var lines = LineReader()
        let size = lines.size
        var read = 0
        let progress = ProgressBar("Importing", of: "lines")
        while let line = try lines.next() {
            read += line.count + 1
            progress.advance(fraction: size.map { Double(read) / Double(max($0, 1)) })
            number += 1
            if line.isEmpty { continue }
            let content: TransferLine
            do throws(TransferLine.Malformed) { content = try TransferLine(line) } catch {
                outcome.refused.append(RefusedLine(line: number, reason: error.reason))
                continue
            }
            switch content {
            case .client(let file): try await take(file, line: number, in: site, &outcome)
            case .token(let token):
                outcome.lastEnd = max(outcome.lastEnd ?? token.record.expiresAt, token.record.expiresAt)
                try await take(token, in: site, at: now(), &outcome)
            }
        }
        progress.hide()
        if let end = outcome.lastEnd, let engine = site.engine {
            try await engine.noteImports(until: end)
            try site.state.mark(FormerTokens.marker)
            // Until then a worker may still ask the files.
            await engine.engine.pause(for: .milliseconds(1000 * FormerTokens.trust + 100))
        }
        return report(outcome)
    }

    private func take(_ file: ClientFile, line: Int, in site: Site, _ outcome: inout Outcome) async throws {
        let id = file.client.id
        do throws(AdministrationError) {
            let present = try await site.clients.file(id)
            if present.isSame(as: file) { return outcome.present += 1 }
            guard replace else {
                let reason = "client \(id) is there with another registration"
                return outcome.refused.append(RefusedLine(line: line, reason: reason))
            }
        } catch .notFound {
            // It is to be made.
        }
        try await site.clients.replace(file)
        outcome.clients += 1
    }

    private func take(_ token: TransferredToken, in site: Site, at now: Timestamp, _ outcome: inout Outcome)
        async throws
    {
        guard let engine = site.engine else { return outcome.unsuitable += 1 }
        if try await engine.take(token, at: now) { outcome.tokens += 1 } else { outcome.present += 1 }
    }

    private func report(_ outcome: Outcome) -> Report {
        var refused = outcome.refused.map { "grantctl: line \($0.line): \($0.reason)".printable }
        if outcome.unsuitable > 0 {
            refused.append("grantctl: \(outcome.unsuitable) tokens were left out: files have no place for them")
        }
        return Report(
            json: outcome,
            text:
                "\(outcome.clients) clients and \(outcome.tokens) tokens were imported; \(outcome.present) were there.",
            note: refused.isEmpty ? nil : refused.joined(separator: "\n"),
            exitCode: outcome.refused.isEmpty ? .success : .refused
        )
    }

    private struct Outcome: Encodable {
        private enum CodingKeys: CodingKey { case clients, tokens, present, unsuitable, refused }

        var clients = 0
        var tokens = 0
        /// Those that were there, or were revoked here, or have expired.
        var present = 0
        var refused: [RefusedLine] = []
        /// When the last of the tokens expires; nil if there was none.
        var lastEnd: Timestamp?
        /// Tokens that files have no place for.
        var unsuitable = 0
    }

    private struct RefusedLine: Encodable {
        let line: Int
        let reason: String
    }
}
