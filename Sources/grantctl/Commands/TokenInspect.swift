import ArgumentParser
import FileStore
import GrantCore

/// `grantctl token inspect`
struct TokenInspect: StateCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect",
        abstract: "Shows what a token grants (RFC 7662).",
        discussion: """
            The token is read from standard input. The exit status is 0 if it is active, and 1 if it is unknown, \
            expired or revoked, or if its client is disabled or removed.

            EXAMPLES:
              printf %s "$TOKEN" | grantctl token inspect
              printf %s "$TOKEN" | grantctl token inspect --json
            """,
        aliases: ["show"]
    )

    @OptionGroup var common: CommonOptions

    func perform(in site: Site, at now: () -> Timestamp) async throws -> Report {
        let token = AccessToken(try StandardInput.line(prompt: "Token"))
        var record: TokenRecord?
        if let token { record = try await site.verifier.verify(token, at: now()) }
        guard let record else {
            return Report(json: Inactive(active: false), text: "The token is not active.", exitCode: .refused)
        }
        return Report(json: Active(record), text: text(record))
    }

    private func text(_ record: TokenRecord) -> String {
        Table.text([
            ["client", record.grant.clientID.value],
            ["scope", record.grant.scope.isEmpty ? "none" : record.grant.scope.description],
            ["issued", record.issuedAt.text],
            ["expires", record.expiresAt.text],
        ])
    }

    private struct Inactive: Encodable {
        let active: Bool
    }

    /// The members of RFC 7662 §2.2.
    private struct Active: Encodable {
        let active = true
        let clientId: String
        let scope: String?
        let tokenType = "bearer"
        let iat: Int64
        let exp: Int64

        init(_ record: TokenRecord) {
            clientId = record.grant.clientID.value
            scope = record.grant.scope.isEmpty ? nil : record.grant.scope.description
            iat = record.issuedAt.seconds
            exp = record.expiresAt.seconds
        }
    }
}
