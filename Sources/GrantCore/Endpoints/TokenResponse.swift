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
        var json = #"{"access_token":""#
        json.reserveCapacity(160)
        json += token.exposedValue
        json += #"","token_type":"bearer","expires_in":"#
        json += String(lifetime)
        if !grant.scope.isEmpty {
            json += #","scope":""#
            json += grant.scope.description
            json += "\""
        }
        json += "}"
        return json
    }
}
