import ArgumentParser
import GrantCore
import Settings

/// For which language and URL a client's code is printed.
struct CodeOptions: ParsableArguments {
    @Option(
        name: .customLong("url"),
        help: ArgumentHelp(
            "The issuer's URL, or the token endpoint's, for the code (default: GRANTD_ISSUER).",
            valueName: "url"
        )
    )
    var url: String?

    @Flag(help: "Take an http URL of another host: the code then sends the secret where others can read it.")
    var plaintext = false

    /// Where the code asks for tokens.
    func tokenURL(_ common: CommonOptions) throws -> TokenURL {
        guard let text = try url ?? common.settings().issuer else { throw NoIssuer(option: "--url URL") }
        return try TokenURL.argument(text, allowsPlaintext: plaintext)
    }
}
