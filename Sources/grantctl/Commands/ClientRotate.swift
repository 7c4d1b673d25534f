import ArgumentParser
import Encoding
import FileStore
import GrantCore

/// `grantctl client rotate`
struct ClientRotate: StateCommand {
    static let configuration = CommandConfiguration(
        commandName: "rotate",
        abstract: "Creates a new secret for a client; its old ones expire.",
        discussion: """
            With --overlap the old secrets keep working for that time, so that the client can be reconfigured without \
            a gap. Its tokens stay active; `client revoke-tokens` revokes them.

            EXAMPLES:
              grantctl client rotate web-app
              grantctl client rotate web-app --overlap 1d
            """
    )

    @OptionGroup var client: ClientArgument

    @Option(
        help: ArgumentHelp(
            "How long the old secrets keep working: seconds, or 90s, 30m, 12h, 7d (default: 0).",
            valueName: "duration"
        ),
        transform: { try ArgumentForm.seconds($0, in: 0...Client.lifetimes.upperBound) }
    )
    var overlap = 0

    @OptionGroup var secret: NewSecretOptions
    @OptionGroup var common: CommonOptions

    func perform(in site: Site, at now: () -> Timestamp) async throws -> Report {
        let administration = site.clients
        _ = try await administration.client(client.id)
        let secret = try secret.secret(for: client.id)
        let rotatedAt = now()
        try await administration.update(client.id, as: .rotate) {
            $0.rotate(to: secret.hash, overlap: overlap, at: rotatedAt)
        }
        let rest = overlap > 0 ? "old ones end in \(overlap) s" : "old ones have ended"
        return secret.report(for: client.id, done: "Client \(client.id.value.printable) has a new secret; \(rest).")
    }
}

extension Client {
    /// Takes a new secret. The old ones end after the overlap, if they do not end sooner; those that have ended go.
    fileprivate mutating func rotate(to hash: SecretHash, overlap: Int, at now: Timestamp) {
        let end = now.adding(seconds: Int64(overlap))
        for index in secrets.indices {
            secrets[index].expiresAt = min(secrets[index].expiresAt ?? end, end)
        }
        secrets.removeAll { !$0.isCurrent(at: now) }
        secrets.append(StoredSecret(hash: hash, createdAt: now))
    }
}
