import ArgumentParser
import FileStore
import GrantCore

/// `grantctl client import`
struct ClientImport: StateCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Creates clients from what another system exports.",
        discussion: """
            --htpasswd takes a line `id:hash` for each client; further fields, empty lines and lines that begin with # \
            are ignored. Hashes are bcrypt, yescrypt or SHA-crypt. The other formats are JSON. Of these it takes the \
            clients that use the client credentials grant, with names, scopes, audiences, lifetimes, secrets and public keys, \
            so that they keep these; see grantd-migrating(7). Secrets in clear are stored as hashes and never printed.

            What cannot be imported is reported with its line or client and the reason, and the rest is imported. A \
            client whose secret could not be taken over has none until `client rotate` gives it one. In both cases the \
            exit status is 1. Clients that exist are reported and left alone. Clients of other grants are skipped. If the \
            import fails, it ends there, what was imported is printed, and the exit status is 74; run it again to import \
            the rest.

            EXAMPLES:
              grantctl client import --htpasswd --scope "orders.read" < /etc/nginx/htpasswd
              hydra list clients --format json | grantctl client import --hydra --dry-run
              grantctl client import --keycloak realm.json
            """
    )
    static let makesStateDirectory = true
    /// The most that is read, in bytes.
    private static let longestInput = 64 << 20

    @Flag(exclusivity: .exclusive) var format: ImportFormat?

    @Argument(
        help: ArgumentHelp("The file to read; - is standard input.", valueName: "file"),
        completion: .file()
    )
    var file = "-"

    @Option(
        help: ArgumentHelp(
            "The most scope of each client whose scope the input does not name; may be repeated.",
            valueName: "words"
        ),
        transform: ArgumentForm.scope
    )
    var scope: [Scope] = []

    @Flag(help: "Create nothing; print what would be done.")
    var dryRun = false

    @OptionGroup var common: CommonOptions

    var makesState: Bool { !dryRun }

    func validate() throws {
        guard format != nil else {
            throw ValidationError("Say what the input is: --htpasswd, --hydra, --keycloak or --aidbox.")
        }
        _ = try scope.total()
    }

    func perform(in site: Site, at now: () -> Timestamp) async throws -> Report {
        guard let format else { throw ExitCode.usage }
        let entries = try format.entries(in: InputFile.everything(in: file, limit: Self.longestInput))
        let scope = try scope.total()
        var outcome = ImportOutcome(format: format, isDryRun: dryRun)
        let progress = ProgressBar("Importing clients", of: "entries", total: entries.count)
        for entry in entries {
            defer { progress.advance() }
            do throws(AdministrationError) {
                try await take(entry, scope, in: site, at: now(), &outcome)
            } catch  where error.exitCode == .refused {
                outcome.refuse(entry, error.description)
            } catch {
                outcome.fail(entry, error)
                break
            }
        }
        progress.hide()
        return outcome.report
    }

    private func take(
        _ entry: ImportEntry,
        _ scope: Scope,
        in site: Site,
        at now: Timestamp,
        _ outcome: inout ImportOutcome
    ) async throws(AdministrationError) {
        switch entry.outcome {
        case .skipped(let reason): outcome.skip(entry, reason)
        case .refused(let reason): outcome.refuse(entry, reason)
        case .client(var client, let secrets):
            if outcome.imported.contains(client.id.value) { throw AdministrationError.exists(client.id) }
            try await site.clients.refuseExisting(client.id)
            if client.scope.isEmpty { client.scope = scope }
            if !dryRun {
                client.secrets = secrets.map { $0.stored(at: now) }
                // An earlier client of this id may have left tokens: they are not this one's.
                client.generation = Generation(random: SecureRandom.bytes(Generation.byteCount))
                try await site.clients.add(client, as: .takeOver)
            }
            outcome.take(entry, client.id, hasSecret: !secrets.isEmpty || client.hasUsableKey)
        }
    }
}

extension ImportedSecret {
    /// The secret as it is kept: a fast hash if it has nothing to guess, a slow one otherwise.
    func stored(at now: Timestamp) -> StoredSecret {
        let hash =
            switch value {
            case .hash(let hash): hash
            case .chosen(let secret): Yescrypt.hash(of: secret)
            case .random(let secret): SecretHash(ofGenerated: secret)
            }
        return StoredSecret(hash: hash, createdAt: createdAt ?? now, expiresAt: expiresAt)
    }
}
