import ArgumentParser
import Encoding
import FileStore
import Glibc
import GrantCore

/// `grantctl token revoke`
struct TokenRevoke: StateCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke",
        abstract: "Revokes one token, at once and permanently.",
        discussion: """
            The token is read from standard input, in any form that `grantctl token inspect` takes. If it is not active, \
            the reason is printed, and the exit status is 1.

            EXAMPLES:
              printf %s "$TOKEN" | grantctl token revoke
            """
    )

    @OptionGroup var common: CommonOptions

    func perform(in site: Site, at now: () -> Timestamp) async throws -> Report {
        let tokens = site.tokens
        let text = try PresentedToken.read()
        let token = AccessToken(text)
        // What cannot be told does not keep the token from being revoked.
        let before = try? await reasonBefore(text, token, in: site, at: now())
        var record: TokenRecord?
        var outcome = RevocationOutcome.absent
        if let token {
            record = try? await tokens.find(token, at: now())
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
        if wasLive { return Report(json: Revoked(revoked: true, reason: nil), text: "The token was revoked.") }
        let inactive = await reasonAfter(before, text, in: site, at: now())
        return Report(
            json: Revoked(revoked: false, reason: inactive.reason.rawValue),
            text: "Nothing to revoke. \(inactive.sentence)".printable,
            exitCode: .refused
        )
    }

    /// Why there is no token to revoke, which cannot be told afterwards; nil if there is one.
    private func reasonBefore(
        _ text: String,
        _ token: AccessToken?,
        in site: Site,
        at now: Timestamp
    ) async throws -> InactiveToken? {
        if let token, try await site.diagnosis.absence(of: token, at: now) == nil { return nil }
        return try await InactiveToken.reason(of: text, in: site, at: now)
    }

    /// Why nothing was revoked. A token that went after the first look is looked for once more.
    private func reasonAfter(
        _ before: InactiveToken?,
        _ text: String,
        in site: Site,
        at now: Timestamp
    ) async -> InactiveToken {
        if let before { return before }
        if let after = try? await InactiveToken.reason(of: text, in: site, at: now) { return after }
        return InactiveToken(reason: .unknown, sentence: "Why it is not active cannot be told now.")
    }

    private struct Revoked: Encodable {
        let revoked: Bool
        let reason: String?
    }
}
