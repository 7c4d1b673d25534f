/// The answer that carries a token (RFC 6749 §5.1).
package struct TokenResponse: Sendable {
    /// The token.
    package let token: AccessToken
    /// Seconds until it expires.
    package let lifetime: Int
    /// What was granted.
    package let grant: Grant

    /// The JSON body; nothing in it needs an escape, by what tokens and scopes may hold.
    package var json: [UInt8] {
        var json: [UInt8] = []
        json.reserveCapacity(224)
        json += #"{"access_token":""#.utf8
        json += token.exposedValue.utf8
        json += #"","token_type":"bearer","expires_in":"#.utf8
        json += String(lifetime).utf8
        if !grant.scope.isEmpty {
            json += #","scope":""#.utf8
            for (index, word) in grant.scope.words.enumerated() {
                if index > 0 { json.append(UInt8(ascii: " ")) }
                json += word.utf8
            }
            json.append(UInt8(ascii: "\""))
        }
        json.append(UInt8(ascii: "}"))
        return json
    }
}
