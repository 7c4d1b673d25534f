import ArgumentParser
import GrantCore
import Settings

/// For which language and URL a client's code is printed.
struct CodeOptions: ParsableArguments {
    @Option(
        name: .customLong("url"),
        help: ArgumentHelp(
            "The issuer's URL, or the token endpoint's, for what is printed (default: GRANTD_ISSUER).",
            valueName: "url"
        )
    )
    var url: String?

    @Flag(help: "Allow an http URL of another host: others can read the secret on its way.")
    var plaintext = false

    /// Where the code asks for tokens.
    func tokenURL(_ common: CommonOptions) throws -> TokenURL {
        guard let text = try url ?? common.settings().issuer else { throw NoIssuer(option: "--url URL") }
        return try TokenURL.argument(text, allowsPlaintext: plaintext)
    }
}
