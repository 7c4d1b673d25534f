import ArgumentParser
import Encoding
import FileStore
import GrantCore
import Remedies

/// `grantctl client end-secret`
struct ClientEndSecret: StateCommand {
    static let configuration = CommandConfiguration(
        commandName: "end-secret",
        abstract: "Ends one secret of a client.",
        discussion: """
            `client show` lists the names of its secrets; the first characters suffice if no other begins with them. \
            A secret that would leave the client without another usable one is ended with --force only. Its tokens stay \
            active; `client revoke-tokens` revokes them.

            EXAMPLES:
              grantctl client end-secret web-app 1f3a
              grantctl client end-secret web-app 1f3a9c02 --after 7d
            """
    )

    @OptionGroup var client: ClientArgument

    @Argument(
        help: ArgumentHelp("The secret's name.", valueName: "secret"),
        completion: .custom { words, _, _ in knownSecrets(words) },
        transform: Self.name
    )
    var secret: String

    @Option(
        help: ArgumentHelp(
            "How long it keeps working: seconds, or 90s, 30m, 12h, 7d (default: 0).",
            valueName: "duration"
        ),
        transform: { try ArgumentForm.seconds($0, in: 0...Client.lifetimes.upperBound) }
    )
    var after = 0

    @Flag(help: "End it even if the client has no other usable secret.")
    var force = false

    @OptionGroup var common: CommonOptions

    func perform(in site: Site, at now: () -> Timestamp) async throws -> Report {
        let now = now()
        var ended: (name: String, end: Timestamp) = ("", now)
        let changed = try await site.clients.update(client.id, as: .endSecret) {
            (client) throws(AdministrationError) in
            ended = try client.endSecret(named: secret, after: after, at: now, force: force)
        }
        let isLater = now < ended.end
        let id = client.id.value
        let isLeftWithout = !changed.hasUsableKey && !changed.secrets.contains { $0.isCurrent(at: ended.end) }
        return Report(
            json: Ended(clientId: id, secret: ended.name, expiresAt: ended.end.seconds),
            text: isLater
                ? "Secret \(ended.name) of client \(id.printable) ends \(ended.end.text)."
                : "Secret \(ended.name) of client \(id.printable) has ended.",
            note: isLeftWithout
                ? "It has no other usable secret. To create one: grantctl client rotate \(ShellWord.argument(id))" : nil
        )
    }

    private static func name(_ text: String) throws -> String {
        guard (1...8).contains(text.utf8.count), text.utf8.allSatisfy({ Hex.decode([0x30, $0]) != nil }) else {
            throw ValidationError("A secret's name is up to 8 hexadecimal digits, as `client show` lists it.")
        }
        return text.lowercased()
    }

    private struct Ended: Encodable {
        let clientId: String
        let secret: String
        let expiresAt: Int64
    }
}

extension Client {
    /// Ends the secret whose name begins with `prefix`, now or after some seconds. A secret that has ended is removed.
    ///
    /// - Returns: its whole name, and when it ends.
    /// - Throws: `refused` if there is none, several, or no other one would be left.
    mutating func endSecret(
        named prefix: String,
        after seconds: Int,
        at now: Timestamp,
        force: Bool
    ) throws(AdministrationError) -> (name: String, end: Timestamp) {
        let names = Set(secrets.map(\.hash.shortID).filter { $0.hasPrefix(prefix) })
        guard let name = names.first else {
            let known = secrets.isEmpty ? "no secret" : "the secrets " + secretNames(among: secrets)
            throw .refused("client \(id) has no secret \(prefix); it has \(known)")
        }
        guard names.count == 1 else {
            let fitting = secrets.filter { $0.hash.shortID.hasPrefix(prefix) }
            throw .refused("several secrets begin with \(prefix): \(secretNames(among: fitting))")
        }
        let matching = secrets.indices.filter { secrets[$0].hash.shortID == name }
        let latest = now.adding(seconds: Int64(seconds))
        let end = matching.map { min(secrets[$0].expiresAt ?? latest, latest) }.max() ?? latest
        let wasUsable = secrets.contains { $0.hash.shortID == name && $0.isCurrent(at: now) }
        let isOtherUsable = secrets.contains { $0.hash.shortID != name && $0.isCurrent(at: max(end, now)) }
        guard !wasUsable || isOtherUsable || hasUsableKey || force else {
            throw .refused(
                """
                secret \(name) is the last usable one of client \(id), which could not authenticate without it: create \
                another first, grantctl client rotate --overlap 1d \(ShellWord.argument(id.value)), or give --force
                """
            )
        }
        for index in matching { secrets[index].expiresAt = min(secrets[index].expiresAt ?? latest, latest) }
        secrets.removeAll { $0.hash.shortID == name && !$0.isCurrent(at: now) }
        return (name, end)
    }

    private func secretNames(among secrets: [StoredSecret]) -> String {
        secrets.map(\.hash.shortID).joined(separator: ", ")
    }
}
