import ArgumentParser
import FileStore
import GrantCore

/// `grantctl client code`
struct ClientCode: StateCommand {
    static let configuration = CommandConfiguration(
        commandName: "code",
        abstract: "Prints code that gets tokens as a client and sends requests with them.",
        discussion: """
            The code is one file that runs, and needs nothing but the language's standard library: for curl a POSIX shell \
            script. It keeps a token until shortly before it expires, gets a new one after a 401, and waits as Retry-After \
            says. It asks for all the scope that the client has now. The id and the secret are not in it: it reads \
            OAUTH_CLIENT_ID and OAUTH_CLIENT_SECRET from its environment.

            EXAMPLES:
              grantctl client code billing --for python > token.py
              grantctl client code billing --for go --url https://example.com/oauth2 > token.go
            """,
        aliases: ["snippet"]
    )

    @OptionGroup var client: ClientArgument

    @Option(name: .customLong("for"), help: ArgumentHelp("The language.", valueName: "language"))
    var language: CodeLanguage

    @OptionGroup var code: CodeOptions
    @OptionGroup var common: CommonOptions

    func perform(in site: Site, at now: () -> Timestamp) async throws -> Report {
        let url = try code.tokenURL(common)
        let found = try await site.clients.client(client.id)
        guard found.authenticationMethod != .privateKeyJWT else {
            throw AdministrationError.refused(
                "client \(client.id) authenticates by private_key_jwt, and the code would use a secret; a library of OAuth signs assertions"
            )
        }
        let text = language.code(CodeValues(url: url, client: found))
        return Report(
            json: Printed(clientId: client.id.value, language: language.rawValue, code: text + "\n"),
            text: text,
            note: language.instruction
        )
    }

    private struct Printed: Encodable {
        let clientId: String
        let language: String
        let code: String
    }
}
