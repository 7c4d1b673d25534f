import ArgumentParser
import Encoding
import FileStore
import GrantCore
import JOSE
import Linux
import Settings

/// `grantctl token request`
struct TokenRequest: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "request",
        abstract: "Gets a token as a client does, over HTTP, and explains a refusal.",
        discussion: """
            The secret is asked for on a terminal, and read from standard input otherwise; it is never an argument. With \
            --key the client signs an assertion instead (private_key_jwt), for the issuer that the URL names. The \
            token alone is printed, or with --json the server's whole answer. The exit status is 1 if there is no token; \
            then standard error says what the server answered, what that means, and what to do.

            It runs the program curl, follows no redirects, and waits for the answer for 30 seconds. It needs no state \
            directory, so it works on any machine.

            EXAMPLES:
              grantctl token request https://example.com/oauth2 --client billing
              TOKEN=$(grantctl token request $URL --client billing < secret-file)
              grantctl token request $URL/token --client billing --as json
              grantctl token request $URL --client billing --key billing.pem --resource https://api.example.com/orders
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

    @Option(
        help: ArgumentHelp("A service that the token is to be for, as a URI; may be repeated.", valueName: "uri"),
        transform: ArgumentForm.resource
    )
    var resource: [String] = []

    @Option(
        help: ArgumentHelp(
            "A service that the token is to be for, by another name; may be repeated.",
            valueName: "name"
        ),
        transform: ArgumentForm.audience
    )
    var audience: [String] = []

    @Option(
        name: .customLong("as"),
        help: ArgumentHelp("How to send id and secret (default: basic; with --key: form).", valueName: "way")
    )
    var way: TokenQuestion.Way?

    @Option(
        help: ArgumentHelp(
            "Sign an assertion by the private key in this file, PKCS #8 in PEM; - is standard input.",
            valueName: "file"
        ),
        completion: .file()
    )
    var key: String?

    @Option(
        help: ArgumentHelp(
            "The algorithm to sign by (default: ES256, ES384, EdDSA or RS256, by the key).",
            valueName: "alg"
        ),
        completion: .list(Algorithm.allCases.map(\.rawValue)),
        transform: ArgumentForm.algorithm
    )
    var alg: Algorithm?

    @Option(help: "The kid that the assertion names (default: none, for a client with one key).")
    var kid: String?

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
        guard key != nil || (alg == nil && kid == nil) else {
            throw ValidationError("--alg and --kid are about an assertion: give --key FILE as well.")
        }
        guard key == nil || way != .basic else {
            throw ValidationError("An assertion is sent in a form or in JSON: leave --as basic out.")
        }
        if let url { _ = try TokenURL.argument(url, allowsPlaintext: plaintext) }
    }

    func run() throws {
        // The secret is in this process's memory, and in curl's, which inherits the limit of core dumps.
        ProcessProtection.apply()
        try tellingProblems {
            let url = try endpoint()
            switch try answer(at: url) {
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

    private func answer(at url: TokenURL) throws -> TokenAnswer {
        do {
            let credentials = try credentials(for: url.issuer)
            let usual: TokenQuestion.Way = key == nil ? .basic : .form
            let scope = try scope.total()
            var question = TokenQuestion(client: client, credentials: credentials, scope: scope, way: way ?? usual)
            (question.resources, question.audiences) = (resource, audience)
            return ask(question, at: url)
        } catch let fault as TokenFault {
            return .fault(fault)
        }
    }

    private func credentials(for issuer: String) throws -> TokenQuestion.Credentials {
        guard let key else { return .secret(try readSecret()) }
        let signer = try AssertionKey(in: key, for: alg, keyID: kid)
        do {
            return .assertion(try signer.assertion(of: client, for: issuer, at: KernelFileSystem().now))
        } catch {
            throw TokenFault(
                said: "\(KeySetFile.name(of: key)) \(error)",
                meaning: "The library that signs refuses the key.",
                remedy: "Make another key."
            )
        }
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
