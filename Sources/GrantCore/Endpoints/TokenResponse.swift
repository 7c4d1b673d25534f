/// The answer that carries a token (RFC 6749 §5.1).
package struct TokenResponse: Sendable {
    /// The token.
    package let token: AccessToken
    /// Seconds until it expires.
    package let lifetime: Int
    /// What was granted.
    package let grant: Grant

    /// The JSON body; nothing in it needs an escape, by what tokens and scopes may hold.
    package var json: String {
        let scope = grant.scope.isEmpty ? "" : #","scope":"\#(grant.scope)""#
        return #"{"access_token":"\#(token.exposedValue)","token_type":"bearer","expires_in":\#(lifetime)\#(scope)}"#
    }
}
