import ArgumentParser
import FileStore
import GrantCore

/// `grantctl token revoke`
struct TokenRevoke: StateCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke",
        abstract: "Ends one token, at once and for good.",
        discussion: """
            The token comes on standard input. It exits with 1 where there is no such live token.

            EXAMPLES:
              printf %s "$TOKEN" | grantctl token revoke
            """
    )

    @OptionGroup var common: CommonOptions

    func perform(in state: StateDirectory, at now: () -> Timestamp) throws -> Report {
        let tokens = FileTokenStore(in: state, durability: .disk)
        let token = AccessToken(try StandardInput.line(prompt: "Token"))
        let wasLive = try token.map { token throws(StorageError) in try tokens.revoke(token, at: now()) } ?? false
        return Report(
            json: Revoked(revoked: wasLive),
            text: wasLive ? "The token was revoked." : "There is no such live token.",
            exitCode: wasLive ? .success : .refused
        )
    }

    private struct Revoked: Encodable {
        let revoked: Bool
    }
}
