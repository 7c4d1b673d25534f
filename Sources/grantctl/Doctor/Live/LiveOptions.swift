import ArgumentParser
import GrantCore

/// How the doctor asks a site.
struct LiveOptions: ParsableArguments {
    @Option(
        name: .customLong("client"),
        help: ArgumentHelp(
            "Send the requests as this client, whose secret is read from standard input.",
            valueName: "id"
        ),
        transform: ArgumentForm.clientID
    )
    var client: ClientID?

    @Option(
        name: .customLong("protected"),
        help: ArgumentHelp(
            "Also request this path, which needs a token; its scopes may follow, as in \"/orders/ orders.read\".",
            valueName: "path"
        ),
        transform: {
            guard let place = ProtectedPlace(argument: $0) else {
                throw ValidationError("--protected takes a path that begins with a slash, and scopes after it.")
            }
            return place
        }
    )
    var protected: [ProtectedPlace] = []

    @Option(
        name: .customLong("ca"),
        help: ArgumentHelp("Trust the certificates in this file, in PEM, instead of the system's.", valueName: "file"),
        completion: .file()
    )
    var authority: String?

    /// Whether any of them was given.
    var areGiven: Bool { client != nil || !protected.isEmpty || authority != nil }
}
