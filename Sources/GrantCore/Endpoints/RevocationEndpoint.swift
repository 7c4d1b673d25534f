/// The revocation endpoint (RFC 7009): a client gives a token back.
package struct RevocationEndpoint {
    private let authenticator: ClientAuthenticator
    private let tokens: any TokenStore

    /// An endpoint that revokes in a store.
    package init(authenticator: ClientAuthenticator, tokens: any TokenStore) {
        self.authenticator = authenticator
        self.tokens = tokens
    }

    /// Ends the token, if it is one of the client's own. That it was not is no error (§2.2), so that the answer does not
    /// tell whether there is such a token.
    ///
    /// - Returns: the client, and whether a live token of its was ended, for the log.
    package func respond(
        to request: EndpointRequest,
        at now: Timestamp
    ) throws(OAuthError) -> (client: ClientID, wasLive: Bool) {
        let request = try ParsedRequest(request, own: [.token, .tokenTypeHint])
        let token = try request.token
        let client = try authenticator.authenticate(request.credentials, at: now)
        do {
            let wasLive = try AccessToken(token).map { token throws(StorageError) in
                try tokens.revoke(token, issuedTo: client.id, at: now)
            }
            return (client.id, wasLive ?? false)
        } catch {
            throw .unavailable(error)
        }
    }
}
