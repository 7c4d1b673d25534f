import ArgumentParser
import Encoding
import FileStore
import GrantCore

/// `grantctl token inspect`
struct TokenInspect: StateCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect",
        abstract: "Shows what a token grants (RFC 7662).",
        discussion: """
            The token is read from standard input: bare, as `Bearer TOKEN`, as the whole header, or as the whole JSON \
            answer of the token endpoint. The exit status is 0 if it is active, and 1 if it is not; then the reason is \
            said.

            With --json the member reason is one of malformed, looks_like_jwt, looks_like_client_secret, cut_short, \
            too_long, foreign (of another server or state directory), expired, revoked, expired_or_revoked, \
            record_missing, client_disabled, client_removed, client_unusable, client_tokens_revoked, \
            issued_before_not_before, unknown.

            EXAMPLES:
              printf %s "$TOKEN" | grantctl token inspect
              grantctl token request URL --client ID --json | grantctl token inspect
            """,
        aliases: ["show"]
    )

    @OptionGroup var common: CommonOptions

    func perform(in site: Site, at now: () -> Timestamp) async throws -> Report {
        let text = try PresentedToken.read()
        let now = now()
        var record: TokenRecord?
        if let token = AccessToken(text) { record = try await site.verifier.verify(token, at: now) }
        guard let record else {
            let inactive = try await InactiveToken.reason(of: text, in: site, at: now)
            return Report(
                json: Inactive(reason: inactive.reason.rawValue),
                text: "The token is not active. \(inactive.sentence)".printable,
                exitCode: .refused
            )
        }
        return Report(json: Active(record), text: table(record))
    }

    private func table(_ record: TokenRecord) -> String {
        Table.text([
            ["client", record.grant.clientID.value],
            ["scope", record.grant.scope.isEmpty ? "none" : record.grant.scope.description],
            ["audience", record.grant.audience.isEmpty ? "any" : record.grant.audience.names.joined(separator: " ")],
            ["issued", record.issuedAt.text],
            ["expires", record.expiresAt.text],
        ])
    }

    private struct Inactive: Encodable {
        let active = false
        let reason: String
    }

    /// The members of RFC 7662 §2.2.
    private struct Active: Encodable {
        let active = true
        let clientId: String
        let scope: String?
        let aud: [String]?
        let tokenType = "bearer"
        let iat: Int64
        let exp: Int64

        init(_ record: TokenRecord) {
            clientId = record.grant.clientID.value
            scope = record.grant.scope.isEmpty ? nil : record.grant.scope.description
            aud = record.grant.audience.isEmpty ? nil : record.grant.audience.names
            iat = record.issuedAt.seconds
            exp = record.expiresAt.seconds
        }
    }
}
