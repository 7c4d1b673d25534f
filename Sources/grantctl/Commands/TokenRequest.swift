import ArgumentParser
import GrantCore
import Linux
import Settings

/// `grantctl token request`
struct TokenRequest: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "request",
        abstract: "Gets a token as a client does, over HTTP, and explains a refusal.",
        discussion: """
            The secret is asked for on a terminal, and read from standard input otherwise; it is never an argument. The \
            token alone is printed, or with --json the server's whole answer. The exit status is 1 if there is no token; \
            then standard error says what the server answered, what that means, and what to do.

            It runs the program curl, follows no redirects, and waits for the answer for 30 seconds. It needs no state \
            directory, so it works on any machine.

            EXAMPLES:
              grantctl token request https://example.com/oauth2 --client billing
              TOKEN=$(grantctl token request $URL --client billing < secret-file)
              grantctl token request $URL/token --client billing --as json
            """
    )

    @Argument(help: "The issuer's URL, or the token endpoint's (default: GRANTD_ISSUER).")
    var url: String?

    @Argument(help: .hidden)
    var excess: [String] = []

    @Option(help: ArgumentHelp("The client's id.", valueName: "id"), transform: ArgumentForm.clientID)
    var client: ClientID

    @Option(
        help: ArgumentHelp("The scope to ask for; may be repeated (default: all that it has).", valueName: "words"),
        transform: ArgumentForm.scope
    )
    var scope: [Scope] = []

    @Option(name: .customLong("as"), help: ArgumentHelp("How to send id and secret.", valueName: "way"))
    var way = TokenQuestion.Way.basic

    @Option(
        help: ArgumentHelp("Trust the certificates in this file, in PEM, instead of the system's.", valueName: "file"),
        completion: .file()
    )
    var ca: String?

    @Flag(help: "Allow an http URL of another host: others can read the secret on its way.")
    var plaintext = false

    @Flag(help: "Print JSON.")
    var json = false

    // So that what is given to it is not repeated by the parser's own error.
    @Option(name: [.customLong("secret"), .customLong("client-secret"), .customLong("password")], help: .hidden)
    var secretArgument: String?

    func validate() throws {
        guard secretArgument == nil else {
            throw ValidationError(
                "A secret is not taken as an argument: other users see it in the list of processes, and the shell keeps it. Give it on standard input."
            )
        }
        guard excess.isEmpty else {
            throw ValidationError("There is one argument, the URL. A secret is given on standard input.")
        }
        _ = try scope.total()
        if let url { _ = try TokenURL.argument(url, allowsPlaintext: plaintext) }
    }

    func run() throws {
        // The secret is in this process's memory, and in curl's, which inherits the limit of core dumps.
        ProcessProtection.apply()
        try tellingProblems {
            let url = try endpoint()
            let question = TokenQuestion(client: client, secret: try readSecret(), scope: try scope.total(), way: way)
            switch ask(question, at: url) {
            case .token(let token, let whole):
                try Report(jsonText: whole, text: token.printable).print(asJSON: json)
            case .fault(let fault):
                guard json else { throw fault }
                try Report(jsonText: fault.json, text: "").print(asJSON: true)
                throw fault.exitCode
            }
        }
    }

    private func endpoint() throws -> TokenURL {
        guard let text = try url ?? CommonOptions.settings(state: nil).issuer else {
            throw NoIssuer(option: "the argument URL")
        }
        return try TokenURL.argument(text, allowsPlaintext: plaintext)
    }

    private func readSecret() throws(InputError) -> ClientSecret {
        guard let secret = ClientSecret(try StandardInput.line(prompt: "Secret of \(client.value.printable)")) else {
            throw .notASecret
        }
        return secret
    }

    private func ask(_ question: TokenQuestion, at url: TokenURL) -> TokenAnswer {
        do throws(HTTPFailure) {
            let response = try Curl(certificateAuthority: ca).send(question.request(to: url.text))
            return TokenAnswer(response, to: question, at: url)
        } catch {
            return .fault(TokenFault(error, at: url))
        }
    }
}
