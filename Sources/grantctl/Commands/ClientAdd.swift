import ArgumentParser
import FileStore
import GrantCore

/// `grantctl client add`
struct ClientAdd: StateCommand {
    static let configuration = CommandConfiguration(
        commandName: "add",
        abstract: "Creates a client and prints its secret once.",
        discussion: """
            A generated secret has 256 random bits. A secret that a person chose is read from standard input, or \
            asked for on a terminal; it is stored as a slow hash. --hash-stdin stores a hash from another system as \
            it is. bcrypt reads 72 bytes of a secret, so a longer one never matches. A client that exists is not \
            changed: `client set` does that.

            After the secret it prints, on standard error, the curl line for a token and the nginx location that asks for \
            the client's scope. The URL in them is GRANTD_ISSUER.

            With --for the output is code that gets tokens (see `grantctl help client code`), and the secret is printed to \
            standard error.

            EXAMPLES:
              grantctl client add web-app --scope "orders:read orders:write"
              grantctl client add web-app --scope orders:read --scope orders:write --lifetime 12h
              grantctl client add web-app --json | jq -r .client_secret
              grantctl client add web-app --for python --url https://example.com/oauth2 > token.py
              printf %s "$SECRET" | grantctl client add web-app --secret-stdin
              htpasswd -niB web-app < secret | cut -d: -f2 | head -1 | grantctl client add web-app --hash-stdin
            """,
        aliases: ["create"]
    )
    static let makesStateDirectory = true

    @OptionGroup var client: ClientArgument

    @Option(help: "A display name.", transform: ArgumentForm.clientName)
    var name: String?

    @Option(
        help: ArgumentHelp("The most scope that it may get; may be repeated.", valueName: "words"),
        transform: ArgumentForm.scope
    )
    var scope: [Scope] = []

    @Option(
        help: ArgumentHelp(
            "The lifetime of its tokens: seconds, or 90s, 30m, 12h, 7d (default: GRANTD_TOKEN_LIFETIME).",
            valueName: "duration"
        ),
        transform: { try ArgumentForm.seconds($0, in: Client.lifetimes) }
    )
    var lifetime: Int?

    @Option(
        name: [.customLong("auth-method"), .customLong("method")],
        help: ArgumentHelp("Allow only this authentication method (default: any).", valueName: "method")
    )
    var authMethod: ClientAuthenticationMethod?

    @Flag(help: "Let it introspect every client's tokens.")
    var introspect = false

    @Option(name: .customLong("for"), help: ArgumentHelp("Print code for this language.", valueName: "language"))
    var language: CodeLanguage?

    @OptionGroup var code: CodeOptions
    @OptionGroup var secret: NewSecretOptions
    @OptionGroup var common: CommonOptions

    func validate() throws {
        try ArgumentForm.requireMeant(client.id)
        _ = try scope.total()
    }

    func perform(in site: Site, at now: () -> Timestamp) async throws -> Report {
        // A URL that is missing or malformed is said before anything is done.
        let url = language == nil && code.url == nil ? nil : try code.tokenURL(common)
        let administration = site.clients
        try await administration.refuseExisting(client.id)
        let secret = try secret.secret(for: client.id)
        var made = Client(id: client.id)
        made.name = name
        made.scope = try scope.total()
        made.accessTokenLifetime = lifetime
        made.authenticationMethod = authMethod
        made.mayIntrospect = introspect
        let now = now()
        made.secrets = [StoredSecret(hash: secret.hash, createdAt: now)]
        // An earlier client of this id may have left tokens: they are not this one's.
        made.generation = Generation(random: SecureRandom.bytes(Generation.byteCount))
        try await administration.add(made, as: .add)
        let done = "Created client \(client.id.value.printable)."
        if let language, let url {
            return secret.report(for: client.id, done: done, with: language, CodeValues(url: url, client: made))
        }
        var report = secret.report(for: client.id, done: done)
        let steps = NextSteps(client: made, issuer: url?.issuer ?? site.issuer).text
        report.note = report.note.map { "\($0)\n\n\(steps)" } ?? "\n\(steps)"
        return report
    }
}

extension ClientAuthenticationMethod: ExpressibleByArgument {}
