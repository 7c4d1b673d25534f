import ArgumentParser
import FileStore
import GrantCore
import Remedies

/// `grantctl client set`
struct ClientSet: StateCommand {
    static let configuration = CommandConfiguration(
        commandName: "set",
        abstract: "Changes a client's scope, name, token lifetime, authentication method or right to introspect.",
        discussion: """
            It prints what it changed, old and new. Tokens that were issued before keep their scope and lifetime until \
            they expire; `client revoke-tokens` revokes them. The secrets stay: `client rotate` creates a new one.

            EXAMPLES:
              grantctl client set web-app --add-scope invoices.read
              grantctl client set web-app --remove-scope orders.write --lifetime 30m
              grantctl client set web-app --lifetime default --auth-method any
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
            "Allow only this authentication method: client_secret_basic or client_secret_post; any for either.",
            valueName: "method"
        ),
        completion: .list(ClientAuthenticationMethod.allCases.map(\.rawValue) + ["any"]),
        transform: Self.method
    )
    var authMethod: ClientSettingChange.Choice<ClientAuthenticationMethod>?

    @Flag(
        inversion: .prefixedNo,
        exclusivity: .exclusive,
        help: "Let it introspect every client's tokens, or only its own."
    )
    var introspect: Bool?

    @OptionGroup var common: CommonOptions

    func validate() throws {
        guard try change() != ClientSettingChange() else {
            throw ValidationError(
                """
                Say what to change: --scope, --add-scope, --remove-scope, --name, --lifetime, --auth-method, \
                --introspect or --no-introspect.
                """
            )
        }
        guard scope.isEmpty || (addScope.isEmpty && removeScope.isEmpty) else {
            throw ValidationError("--scope replaces all scope: it excludes --add-scope and --remove-scope.")
        }
    }

    func perform(in site: Site, at now: () -> Timestamp) async throws -> Report {
        let change = try change()
        var before = try await site.clients.client(client.id)
        var after = before
        try change.apply(to: &after)
        guard after != before else {
            return Report(
                json: SettingDifference(from: before, to: after),
                text: "Client \(client.id.value.printable) already has these settings: nothing was changed."
            )
        }
        try await site.clients.edit(client.id) { present throws(AdministrationError) in
            guard var file = present else { throw .notFound(client.id) }
            before = file.client
            try file.update { client throws(AdministrationError) in try change.apply(to: &client) }
            after = file.client
            return ClientEdit(file, as: [change.onlyTakesAway(from: before) ? .restrict : .set])
        }
        let difference = SettingDifference(from: before, to: after)
        return Report(
            json: difference,
            text: "Client \(client.id.value.printable) was changed.\n\(difference.text)",
            note: difference.concernsTokens ? note : nil
        )
    }

    private var note: String {
        "Tokens that were issued before keep their scope and lifetime until they expire. To revoke them: "
            + "grantctl client revoke-tokens \(ShellWord.argument(client.id.value))"
    }

    /// What the options say.
    func change() throws -> ClientSettingChange {
        ClientSettingChange(
            scope: scope.isEmpty ? nil : try scope.total(),
            addedScope: try addScope.total(),
            removedScope: removeScope.reduce(.none) { $0.union($1) },
            name: name,
            lifetime: lifetime,
            method: authMethod,
            mayIntrospect: introspect
        )
    }

    private static func lifetime(_ text: String) throws -> ClientSettingChange.Choice<Int> {
        text == "default" ? .server : .own(try ArgumentForm.seconds(text, in: Client.lifetimes))
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
