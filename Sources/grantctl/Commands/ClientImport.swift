import ArgumentParser
import FileStore
import GrantCore

/// `grantctl client import`
struct ClientImport: StateCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Creates clients from ids and hashes of another system.",
        discussion: """
            Standard input holds a line `id:hash` for each client, as htpasswd(5) and shadow(5) write them; further \
            fields, empty lines and lines that begin with # are ignored. Hashes are bcrypt, yescrypt or SHA-crypt. \
            Lines with other hashes, or with clients that exist, are reported with their numbers; the rest is \
            imported, and the exit status is 1.

            EXAMPLES:
              grantctl client import --htpasswd --scope "orders.read" < /etc/nginx/htpasswd
            """
    )
    static let makesStateDirectory = true
    /// The most that is read, in bytes.
    private static let longestInput = 16 << 20

    @Flag(name: .customLong("htpasswd"), help: "The format of standard input: lines `id:hash`. There is no other.")
    var isHtpasswd = false

    @Option(
        help: ArgumentHelp("The most scope that each may get; may be repeated.", valueName: "words"),
        transform: ArgumentForm.scope
    )
    var scope: [Scope] = []

    @OptionGroup var common: CommonOptions

    func validate() throws {
        guard isHtpasswd else { throw ValidationError("Say what standard input holds: --htpasswd.") }
        _ = try scope.total()
    }

    func perform(in site: Site, at now: () -> Timestamp) async throws -> Report {
        let administration = site.clients
        let scope = try scope.total()
        let lines = HashedLine.lines(in: try StandardInput.everything(limit: Self.longestInput))
        var outcome = Outcome()
        for (number, line) in lines {
            do {
                let (id, hash) = try line.get()
                try await administration.add(client(id, hash, scope, at: now()), as: .takeOver)
                outcome.imported.append(id.value)
            } catch let error as HashedLine.Refusal {
                outcome.refused.append(RefusedLine(line: number, reason: error.reason))
            } catch let error as AdministrationError where error.exitCode == .refused {
                outcome.refused.append(RefusedLine(line: number, reason: error.description))
            }
        }
        return report(outcome)
    }

    private func client(_ id: ClientID, _ hash: SecretHash, _ scope: Scope, at now: Timestamp) -> Client {
        var client = Client(id: id)
        client.scope = scope
        client.secrets = [StoredSecret(hash: hash, createdAt: now)]
        // An earlier client of this id may have left tokens: they are not this one's.
        client.generation = Generation(random: SecureRandom.bytes(Generation.byteCount))
        return client
    }

    private func report(_ outcome: Outcome) -> Report {
        let refused = outcome.refused.map { "grantctl: line \($0.line): \($0.reason)".printable }
        let count = outcome.imported.count
        return Report(
            json: outcome,
            text: count == 1 ? "1 client was imported." : "\(count) clients were imported.",
            note: refused.isEmpty ? nil : refused.joined(separator: "\n"),
            exitCode: refused.isEmpty ? .success : .refused
        )
    }

    private struct Outcome: Encodable {
        var imported: [String] = []
        var refused: [RefusedLine] = []
    }

    private struct RefusedLine: Encodable {
        let line: Int
        let reason: String
    }
}
