import ArgumentParser
import Encoding
import FileStore
import GrantCore
import JOSE
import Remedies

/// `grantctl client add`
struct ClientAdd: StateCommand {
    static let configuration = CommandConfiguration(
        commandName: "add",
        abstract: "Creates a client and prints its secret once, or registers its public keys.",
        discussion: """
            A generated secret has 256 random bits. A secret that a person chose is read from standard input, or \
            asked for on a terminal; it is stored as a slow hash. --hash-stdin stores a hash from another system as \
            it is. bcrypt reads 72 bytes of a secret, so a longer one never matches. A client that exists is not \
            changed: `client set` does that.

            With --jwks the client has public keys instead of a secret, and authenticates by an assertion that it signs \
            (private_key_jwt, RFC 7523). The file is a JWK Set or one JWK; a private key in it is refused. \
            With a secret from standard input as well, the client may authenticate in either way.

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
              grantctl client add web-app --jwks public-keys.json --audience https://api.example.com/orders
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
            "What becomes of a request for more scope: exact refuses it, smart grants what the client has of it.",
            valueName: "policy"
        )
    )
    var scopePolicy = ScopePolicy.exact

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

    @Option(
        help: ArgumentHelp(
            "Register the public keys in this file, a JWK Set, and make no secret; - is standard input.",
            valueName: "file"
        ),
        completion: .file()
    )
    var jwks: String?

    @Option(
        help: ArgumentHelp(
            "How long before its end an assertion may come, up to 1h (default: 5m).",
            valueName: "duration"
        ),
        transform: { try ArgumentForm.seconds($0, in: AssertionPolicy.lifetimes) }
    )
    var assertionLifetime: Int?

    @Option(
        help: ArgumentHelp("A service that its tokens may be for; may be repeated.", valueName: "name"),
        transform: ArgumentForm.audience
    )
    var audience: [String] = []

    @Option(
        help: ArgumentHelp(
            "A service that its tokens are for if it does not ask, beside --audience; may be repeated.",
            valueName: "name"
        ),
        transform: ArgumentForm.audience
    )
    var defaultAudience: [String] = []

    @Option(
        help: ArgumentHelp("The kind of its tokens: opaque or jwt (default: GRANTD_TOKEN_FORMAT).", valueName: "format")
    )
    var tokenFormat: AccessTokenFormat?

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
        _ = try ArgumentForm.audience(of: audience + defaultAudience)
        if jwks != nil {
            try validateKeys()
        } else if authMethod == .privateKeyJWT {
            throw ValidationError("private_key_jwt needs the client's public keys: give --jwks FILE.")
        } else if assertionLifetime != nil {
            throw ValidationError("--assertion-lifetime is for a client that has keys: give --jwks FILE.")
        }
    }

    private func validateKeys() throws {
        if secret.isRead {
            guard jwks != "-" else {
                throw ValidationError("Standard input can be the keys or the secret: give --jwks a file.")
            }
            return
        }
        guard (authMethod ?? .privateKeyJWT) == .privateKeyJWT else {
            throw ValidationError(
                "With --jwks there is no secret, which --auth-method needs: leave it out, or give --secret-stdin."
            )
        }
        guard language == nil else {
            throw ValidationError("--for prints code that uses a secret: with --jwks there is none.")
        }
    }

    func perform(in site: Site, at now: () -> Timestamp) async throws -> Report {
        let keys = try jwks.map(KeySetFile.read)
        // A URL that is missing or malformed is said before anything is done.
        let url = language == nil && code.url == nil ? nil : try code.tokenURL(common)
        let administration = site.clients
        try await administration.refuseExisting(client.id)
        let secret = keys == nil || secret.isRead ? try secret.secret(for: client.id) : nil
        var made = Client(id: client.id)
        made.name = name
        made.scope = try scope.total()
        made.scopePolicy = scopePolicy
        made.accessTokenLifetime = lifetime
        made.authenticationMethod = authMethod ?? (secret == nil ? .privateKeyJWT : nil)
        made.assertions.longestLifetime = assertionLifetime ?? AssertionPolicy.defaultLifetime
        made.keys = keys.map { JWKSet(publishing: $0.keys) }
        made.audiences = try ArgumentForm.audience(of: audience + defaultAudience)
        made.defaultAudience = try ArgumentForm.audience(of: defaultAudience)
        made.tokenFormat = tokenFormat
        made.mayIntrospect = introspect
        let now = now()
        if let secret { made.secrets = [StoredSecret(hash: secret.hash, createdAt: now)] }
        // An earlier client of this id may have left tokens: they are not this one's.
        made.generation = Generation(random: SecureRandom.bytes(Generation.byteCount))
        try await administration.add(made, as: .add)
        let done = "Created client \(client.id.value.printable)."
        if let language, let url, let secret {
            return secret.report(for: client.id, done: done, with: language, CodeValues(url: url, client: made))
        }
        var report = secret?.report(for: client.id, done: done) ?? NewKeys(made).report(done: done)
        let steps = NextSteps(client: made, issuer: url?.issuer ?? site.issuer).text
        let skipped = keys.map { KeySetFile.notes(on: $0, from: jwks ?? "-") } ?? []
        let notes = skipped + [report.note].compactMap(\.self)
        report.note = "\(notes.joined(separator: "\n"))\n\n\(steps)"
        if notes.isEmpty { report.note = "\n\(steps)" }
        return report
    }
}

/// What is printed of a new client that has keys and no secret.
private struct NewKeys: Encodable {
    let clientId: String
    let tokenEndpointAuthMethod: String
    let keys: [KeyDocument]

    private let text: String

    private enum CodingKeys: CodingKey {
        case clientId, tokenEndpointAuthMethod, keys
    }

    init(_ client: Client) {
        let known = client.keys?.keys ?? []
        clientId = client.id.value
        tokenEndpointAuthMethod = ClientAuthenticationMethod.privateKeyJWT.rawValue
        keys = known.map(KeyDocument.init)
        text = known.map { "key \($0.text)".printable }.joined(separator: "\n")
    }

    func report(done: String) -> Report { Report(json: self, text: "\(done)\n\(text)") }
}

extension ClientAuthenticationMethod: ExpressibleByArgument {}
extension AccessTokenFormat: ExpressibleByArgument {}
extension ScopePolicy: ExpressibleByArgument {}
