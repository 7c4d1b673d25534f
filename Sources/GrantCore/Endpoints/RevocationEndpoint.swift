/// The revocation endpoint (RFC 7009): a client gives a token back.
package struct RevocationEndpoint: ClientEndpoint {
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
    /// - Returns: what was done, for the log.
    package func reply(
        to request: EndpointRequest,
        at now: Timestamp
    ) throws(OAuthError) -> EndpointReply<Revocation> {
        let request = try ParsedRequest(request, own: [.token, .tokenTypeHint])
        let token = try request.token
        switch try authenticator.authenticate(request.credentials, from: request.origin, at: now) {
        case .answer(let client):
            return .answer(try revoke(token, of: client, at: now))
        case .undecided(let undecided):
            return .undecided(
                undecided.map { client, now throws(OAuthError) in try revoke(token, of: client, at: now) }
            )
        }
    }

    private func revoke(_ token: String, of client: Client, at now: Timestamp) throws(OAuthError) -> Revocation {
        do {
            let token = AccessToken(token)
            let wasLive = try token.map { token throws(StorageError) in
                try tokens.revoke(token, issuedTo: client.id, at: now)
            }
            return Revocation(client: client.id, token: token, wasLive: wasLive ?? false)
        } catch {
            throw .unavailable(error)
        }
    }
}

/// What became of a request to revoke.
package struct Revocation: Sendable {
    /// Who asked.
    package let client: ClientID
    /// The token that was named; nil where it is none of ours by its looks.
    package let token: AccessToken?
    /// Whether it was a live token of the client's, and has ended now.
    package let wasLive: Bool
}
