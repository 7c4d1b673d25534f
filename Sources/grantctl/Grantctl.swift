import ArgumentParser
import Settings

/// Administration of grantd's clients and tokens.
@main
struct Grantctl: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "grantctl",
        abstract: "Administers the clients and tokens of grantd.",
        discussion: """
            What it changes counts from the next request on; nothing has to be reloaded.

            The state directory is grantd's own: --state, or GRANTD_STATE in the environment or in the settings file \
            (GRANTD_CONFIG, by default /etc/grantd/grantd.conf), or /var/lib/grantd. Run it as root or as the user that \
            grantd runs as.

            It exits with 0 when done, 1 when something was refused or not found, 64 for wrong usage or settings, and \
            74 where the state directory cannot be used.

            EXAMPLES:
              grantctl client add web-app --scope "orders:read orders:write"
              grantctl client list
              grantctl token stats
              grantctl --generate-completion-script bash > /etc/bash_completion.d/grantctl
            """,
        version: version,
        subcommands: [ClientCommands.self, TokenCommands.self]
    )
}

/// `grantctl client …`
struct ClientCommands: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "client",
        abstract: "Makes, shows and changes clients.",
        subcommands: [
            ClientAdd.self, ClientImport.self, ClientList.self, ClientShow.self, ClientRotate.self, ClientDisable.self,
            ClientEnable.self, ClientRemove.self, ClientRevokeTokens.self,
        ]
    )
}

/// `grantctl token …`
struct TokenCommands: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token",
        abstract: "Inspects, revokes and counts tokens.",
        subcommands: [TokenInspect.self, TokenRevoke.self, TokenStats.self, TokenPurge.self]
    )
}
