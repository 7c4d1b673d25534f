import ArgumentParser
import FileStore
import Glibc
import GrantCore

/// `grantctl token revoke`
struct TokenRevoke: StateCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke",
        abstract: "Revokes one token, at once and permanently.",
        discussion: """
            The token is read from standard input. The exit status is 1 if there is no such active token.

            EXAMPLES:
              printf %s "$TOKEN" | grantctl token revoke
            """
    )

    @OptionGroup var common: CommonOptions

    func perform(in site: Site, at now: () -> Timestamp) async throws -> Report {
        let tokens = site.tokens
        let token = AccessToken(try StandardInput.line(prompt: "Token"))
        var record: TokenRecord?
        var outcome = RevocationOutcome.absent
        if let token {
            record = try await tokens.find(token, at: now())
            outcome = try await tokens.revoke(token, issuedTo: nil, at: now())
        }
        if outcome == .unsettled { usleep(UInt32(RevocationOutcome.settlingTime / .microseconds(1))) }
        let wasLive = outcome == .ended
        if wasLive {
            // A token is ended whether or not that can be audited.
            var event = AuditEvent(
                .revocation,
                .success,
                from: .administration(user: site.user),
                client: record?.grant.clientID
            )
            event.token = token?.fingerprint
            do throws(StorageError) {
                try site.audit?.append(event)
            } catch {
                throw AdministrationError.unaudited(error, isDone: true)
            }
        }
        return Report(
            json: Revoked(revoked: wasLive),
            text: wasLive ? "The token was revoked." : "There is no such active token.",
            exitCode: wasLive ? .success : .refused
        )
    }

    private struct Revoked: Encodable {
        let revoked: Bool
    }
}
