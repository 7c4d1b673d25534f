import ArgumentParser
import Encoding
import FileStore
import GrantCore
import JOSE
import Remedies

/// `grantctl client set`
struct ClientSet: StateCommand {
    static let configuration = CommandConfiguration(
        commandName: "set",
        abstract: "Changes a client's scope, audiences, keys, name, tokens, authentication or right to introspect.",
        discussion: """
            It prints what it changed, old and new. Tokens that were issued before keep their scope and lifetime until \
            they expire; `client revoke-tokens` revokes them. The secrets stay: `client rotate` creates a new one.

            Keys are replaced without a gap in three steps: --add-jwks adds the new public key beside the old one, each \
            with a kid of its own; then the client signs by the new one; then --remove-key takes the old one away. A \
            key that would leave the client without a way to authenticate is removed with --force only.

            EXAMPLES:
              grantctl client set web-app --add-scope invoices.read
              grantctl client set web-app --remove-scope orders.write --lifetime 30m
              grantctl client set web-app --lifetime default --auth-method any
              grantctl client set web-app --add-jwks new-key.json
              grantctl client set web-app --remove-key 2025-01
              grantctl client set web-app --add-audience https://api.example.com/orders
            """
    )

    @OptionGroup var client: ClientArgument

    @Option(
        help: ArgumentHelp(
            "The most scope that it may get, instead of what it has; may be repeated; \"\" for none.",
            valueName: "words"
        ),
        transform: ArgumentForm.scope
    )
    var scope: [Scope] = []

    @Option(
        help: ArgumentHelp("Scope to add; may be repeated.", valueName: "words"),
        transform: ArgumentForm.addedScope
    )
    var addScope: [Scope] = []

    @Option(
        help: ArgumentHelp("Scope to remove; may be repeated.", valueName: "words"),
        transform: ArgumentForm.anyScope
    )
    var removeScope: [Scope] = []

    @Option(
        help: ArgumentHelp(
            "What becomes of a request for more scope: exact refuses it, smart grants what the client has of it.",
            valueName: "policy"
        )
    )
    var scopePolicy: ScopePolicy?

    @Option(
        help: "A display name; \"\" for none.",
        transform: { try $0.isEmpty ? $0 : ArgumentForm.clientName($0) }
    )
    var name: String?

    @Option(
        help: ArgumentHelp(
            "The lifetime of its tokens: seconds, or 90s, 30m, 12h, 7d; default for GRANTD_TOKEN_LIFETIME.",
            valueName: "duration"
        ),
        transform: Self.lifetime
    )
    var lifetime: ClientSettingChange.Choice<Int>?

    @Option(
        name: [.customLong("auth-method"), .customLong("method")],
        help: ArgumentHelp(
            "Allow only this method: client_secret_basic, client_secret_post or private_key_jwt; any for all.",
            valueName: "method"
        ),
        completion: .list(ClientAuthenticationMethod.allCases.map(\.rawValue) + ["any"]),
        transform: Self.method
    )
    var authMethod: ClientSettingChange.Choice<ClientAuthenticationMethod>?

    @Option(
        help: ArgumentHelp(
            "The public keys in this file, a JWK Set, instead of those that it has; - is standard input, \"\" for none.",
            valueName: "file"
        ),
        completion: .file()
    )
    var jwks: String?

    @Option(
        help: ArgumentHelp("Add the public keys in this file to those that it has.", valueName: "file"),
        completion: .file()
    )
    var addJwks: String?

    @Option(
        help: ArgumentHelp("Remove the key of this kid; may be repeated.", valueName: "kid"),
        completion: .custom { words, _, _ in knownKeys(words) }
    )
    var removeKey: [String] = []

    @Option(
        help: ArgumentHelp("Take only assertions signed by this algorithm; any for all.", valueName: "alg"),
        completion: .list(Algorithm.allCases.map(\.rawValue) + ["any"]),
        transform: { $0 == "any" ? .server : .own(try ArgumentForm.algorithm($0)) }
    )
    var assertionAlg: ClientSettingChange.Choice<Algorithm>?

    @Option(
        help: ArgumentHelp(
            "Whom its assertions have to be for: issuer for the issuer alone, any for one of its endpoints as well.",
            valueName: "aud"
        ),
        completion: .list(["issuer", "any"]),
        transform: Self.isIssuerOnly
    )
    var assertionAud: Bool?

    @Option(
        help: ArgumentHelp(
            "How long before its end an assertion may come: up to 1h; default for 5m.",
            valueName: "duration"
        ),
        transform: Self.assertionLifetime
    )
    var assertionLifetime: ClientSettingChange.Choice<Int>?

    @Option(
        help: ArgumentHelp(
            "A service that its tokens may be for, instead of those that it has; may be repeated; \"\" for none.",
            valueName: "name"
        ),
        transform: { try $0.isEmpty ? $0 : ArgumentForm.audience($0) }
    )
    var audience: [String] = []

    @Option(
        help: ArgumentHelp("A service to add to these; may be repeated.", valueName: "name"),
        transform: ArgumentForm.audience
    )
    var addAudience: [String] = []

    @Option(
        help: ArgumentHelp("A service to remove from these; may be repeated.", valueName: "name"),
        transform: ArgumentForm.audience
    )
    var removeAudience: [String] = []

    @Option(
        help: ArgumentHelp(
            "A service of these that its tokens are for if it does not ask; may be repeated; \"\" for none.",
            valueName: "name"
        ),
        transform: { try $0.isEmpty ? $0 : ArgumentForm.audience($0) }
    )
    var defaultAudience: [String] = []

    @Option(
        help: ArgumentHelp(
            "The kind of its tokens: opaque or jwt; default for GRANTD_TOKEN_FORMAT.",
            valueName: "format"
        ),
        completion: .list(AccessTokenFormat.allCases.map(\.rawValue) + ["default"]),
        transform: Self.format
    )
    var tokenFormat: ClientSettingChange.Choice<AccessTokenFormat>?

    @Flag(help: "Change it even if the client cannot authenticate then.")
    var force = false

    @Flag(
        inversion: .prefixedNo,
        exclusivity: .exclusive,
        help: "Let it introspect every client's tokens, or only its own."
    )
    var introspect: Bool?

    @OptionGroup var common: CommonOptions

    func validate() throws {
        let changesKeys = jwks != nil || addJwks != nil || !removeKey.isEmpty
        guard try changesKeys || change() != ClientSettingChange() else {
            throw ValidationError(
                """
                Say what to change: --scope, --add-scope, --remove-scope, --scope-policy, --name, --lifetime, \
                --auth-method, --jwks, --add-jwks, --remove-key, --assertion-alg, --assertion-aud, --assertion-lifetime, \
                --audience, --add-audience, --remove-audience, --default-audience, --token-format, --introspect or \
                --no-introspect.
                """
            )
        }
        guard jwks == nil || (addJwks == nil && removeKey.isEmpty) else {
            throw ValidationError("--jwks replaces all keys: it excludes --add-jwks and --remove-key.")
        }
        guard audience.isEmpty || (addAudience.isEmpty && removeAudience.isEmpty) else {
            throw ValidationError(
                "--audience replaces all audiences: it excludes --add-audience and --remove-audience."
            )
        }
        guard scope.isEmpty || (addScope.isEmpty && removeScope.isEmpty) else {
            throw ValidationError("--scope replaces all scope: it excludes --add-scope and --remove-scope.")
        }
    }

    func perform(in site: Site, at now: () -> Timestamp) async throws -> Report {
        var change = try change()
        let notes = try readKeys(into: &change)
        var before = try await site.clients.client(client.id)
        var after = before
        try change.apply(to: &after, at: now(), force: force)
        guard after != before else {
            return Report(
                json: SettingDifference(from: before, to: after),
                text: "Client \(client.id.value.printable) already has these settings: nothing was changed.",
                note: notes.isEmpty ? nil : notes.joined(separator: "\n")
            )
        }
        try await site.clients.edit(client.id) { present throws(AdministrationError) in
            guard var file = present else { throw .notFound(client.id) }
            before = file.client
            let now = now()
            try file.update { client throws(AdministrationError) in
                try change.apply(to: &client, at: now, force: force)
            }
            after = file.client
            return ClientEdit(file, as: [change.onlyTakesAway(from: before) ? .restrict : .set])
        }
        let difference = SettingDifference(from: before, to: after)
        return Report(
            json: difference,
            text: "Client \(client.id.value.printable) was changed.\n\(difference.text)",
            note: note(notes, on: after, difference)
        )
    }

    /// What is to be said beside the change; nil for nothing.
    private func note(_ notes: [String], on client: Client, _ difference: SettingDifference) -> String? {
        var notes = notes
        if client.keys != nil, (client.authenticationMethod ?? .privateKeyJWT) != .privateKeyJWT {
            notes.append(
                "Its keys are not used: it may authenticate by \(client.authenticationMethod?.rawValue ?? "") alone. To "
                    + "let it use them: grantctl client set \(ShellWord.argument(client.id.value)) --auth-method private_key_jwt"
            )
        }
        if difference.concernsTokens { notes.append(note) }
        return notes.isEmpty ? nil : notes.joined(separator: "\n")
    }

    /// Reads the files of keys.
    ///
    /// - Returns: what is to be said of keys that were left out.
    private func readKeys(into change: inout ClientSettingChange) throws -> [String] {
        change.keys.removed = removeKey
        var notes: [String] = []
        if let jwks {
            let set = try jwks.isEmpty ? nil : KeySetFile.read(jwks)
            change.keys.replacement = set?.keys ?? []
            if let set { notes += KeySetFile.notes(on: set, from: jwks) }
        }
        if let addJwks {
            let set = try KeySetFile.read(addJwks)
            change.keys.added = set.keys
            notes += KeySetFile.notes(on: set, from: addJwks)
        }
        return notes
    }

    private var note: String {
        "Tokens that were issued before stay as they are until they expire. To revoke them: "
            + "grantctl client revoke-tokens \(ShellWord.argument(client.id.value))"
    }

    /// What the options say, without the keys, which are in files.
    func change() throws -> ClientSettingChange {
        ClientSettingChange(
            scope: scope.isEmpty ? nil : try scope.total(),
            addedScope: try addScope.total(),
            removedScope: removeScope.reduce(.none) { $0.union($1) },
            scopePolicy: scopePolicy,
            name: name,
            lifetime: lifetime,
            method: authMethod,
            mayIntrospect: introspect,
            audiences: ClientAudienceChange(
                whole: try Self.names(audience),
                added: try ArgumentForm.audience(of: addAudience),
                removed: try ArgumentForm.audience(of: removeAudience),
                standard: try Self.names(defaultAudience)
            ),
            tokenFormat: tokenFormat,
            assertionAlgorithm: assertionAlg,
            assertionsAreForIssuerOnly: assertionAud,
            assertionLifetime: assertionLifetime
        )
    }

    /// The audience that an option was given with; nil if it was not given. The empty text is no name.
    private static func names(_ given: [String]) throws -> Audience? {
        given.isEmpty ? nil : try ArgumentForm.audience(of: given.filter { !$0.isEmpty })
    }

    private static func isIssuerOnly(_ text: String) throws -> Bool {
        guard ["issuer", "any"].contains(text) else { throw ValidationError("Give issuer or any.") }
        return text == "issuer"
    }

    private static func format(_ text: String) throws -> ClientSettingChange.Choice<AccessTokenFormat> {
        if text == "default" { return .server }
        guard let format = AccessTokenFormat(rawValue: text) else {
            throw ValidationError("Give opaque, jwt or default.")
        }
        return .own(format)
    }

    private static func lifetime(_ text: String) throws -> ClientSettingChange.Choice<Int> {
        text == "default" ? .server : .own(try ArgumentForm.seconds(text, in: Client.lifetimes))
    }

    private static func assertionLifetime(_ text: String) throws -> ClientSettingChange.Choice<Int> {
        text == "default" ? .server : .own(try ArgumentForm.seconds(text, in: AssertionPolicy.lifetimes))
    }

    private static func method(
        _ text: String
    ) throws -> ClientSettingChange.Choice<ClientAuthenticationMethod> {
        if text == "any" { return .server }
        guard let method = ClientAuthenticationMethod(rawValue: text) else {
            let names = ClientAuthenticationMethod.allCases.map(\.rawValue).joined(separator: ", ")
            throw ValidationError("Give one of \(names), or any.")
        }
        return .own(method)
    }
}
