import ArgumentParser
import Settings

/// Administration of grantd's clients and tokens.
@main
struct Grantctl: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "grantctl",
        abstract: "Administers the clients and tokens of grantd.",
        discussion: """
            Changes take effect on the next request; nothing has to be reloaded.

            It works on grantd's state directory: --state, or GRANTD_STATE in the environment or in the settings file \
            (GRANTD_CONFIG, by default /etc/grantd/grantd.conf), or /var/lib/grantd. Run it as root or as the user that \
            grantd runs as.

            The exit status is 0 for success, 1 if something was refused or not found, 2 if `apply \
            --dry-run` found something to change, 64 for wrong usage or settings, \
            and 74 if the state directory cannot be used.

            EXAMPLES:
              grantctl status
              grantctl client add web-app --scope "orders:read orders:write"
              grantctl client list
              grantctl token stats
              grantctl --generate-completion-script bash > /etc/bash_completion.d/grantctl
            """,
        version: version,
        subcommands: [
            DoctorCommand.self, Status.self, Top.self, Health.self, Apply.self, ClientCommands.self, TokenCommands.self,
            KeyCommands.self, StoreCommands.self,
        ]
    )
}

/// `grantctl client …`
struct ClientCommands: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "client",
        abstract: "Creates, shows and changes clients.",
        subcommands: [
            ClientAdd.self, ClientImport.self, ClientList.self, ClientShow.self, ClientSet.self, ClientRotate.self,
            ClientEndSecret.self, ClientDisable.self, ClientEnable.self, ClientForgive.self, ClientRemove.self,
            ClientRevokeTokens.self, ClientCode.self,
        ]
    )
}

/// `grantctl token …`
struct TokenCommands: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token",
        abstract: "Requests, inspects, revokes and counts tokens.",
        subcommands: [TokenRequest.self, TokenInspect.self, TokenRevoke.self, TokenStats.self, TokenPurge.self]
    )
}

/// `grantctl key …`
struct KeyCommands: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "key",
        abstract: "Adds, shows, retires and removes the keys that sign tokens.",
        subcommands: [KeyAdd.self, KeyList.self, KeyShow.self, KeyRetire.self, KeyRemove.self]
    )
}

/// `grantctl store …`
struct StoreCommands: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "store",
        abstract: "Sets up, examines and moves where clients and tokens are kept.",
        subcommands: [
            StoreInit.self, StoreStatus.self, StoreAccess.self, StoreNginx.self, StoreExport.self, StoreImport.self,
        ]
    )
}
