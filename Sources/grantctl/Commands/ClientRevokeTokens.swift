import ArgumentParser
import FileStore
import GrantCore

/// `grantctl client revoke-tokens`
struct ClientRevokeTokens: StateCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke-tokens",
        abstract: "Ends all tokens that a client holds; it can get new ones.",
        discussion: "It sets the client's not_before to this moment: tokens issued earlier are dead."
    )

    @OptionGroup var client: ClientArgument
    @OptionGroup var common: CommonOptions

    func perform(in state: StateDirectory, at now: () -> Timestamp) throws -> Report {
        let now = now()
        let administration = try ClientAdministration(in: state, audit: common.audit(of: state))
        try administration.update(client.id, as: .revokeTokens) { $0.notBefore = now }
        return Report(
            json: Revoked(clientId: client.id.value, notBefore: now.seconds),
            text: "All tokens of client \(client.id.value.printable) that were issued before \(now.text) are dead."
        )
    }

    private struct Revoked: Encodable {
        let clientId: String
        let notBefore: Int64
    }
}
