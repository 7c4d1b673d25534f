/// The revocation endpoint (RFC 7009): a client gives a token back.
package struct RevocationEndpoint {
    private static let parameters: [Parameter] = [.token, .tokenTypeHint] + Parameter.ofClients

    private let authenticator: ClientAuthenticator
    private let tokens: any TokenStore

    /// An endpoint that revokes in a store.
    package init(authenticator: ClientAuthenticator, tokens: any TokenStore) {
        self.authenticator = authenticator
        self.tokens = tokens
    }

    /// Ends the token, if it is one of the client's own. A token of another client is not an error (§2.2), so that the answer does not
    /// tell whether there is such a token.
    ///
    /// - Returns: what was done, for the log.
    package func respond(
        to request: EndpointRequest,
        in examination: inout Examination
    ) async throws(OAuthError) -> Revocation {
        let request = try ParsedRequest(request, parameters: Self.parameters)
        let token = try request.token
        let client = try await authenticator.authenticate(
            request.credentials,
            from: request.origin,
            in: &examination
        )
        return try await revoke(token, of: client, at: examination.now)
    }

    private func revoke(
        _ text: String,
        of client: Client,
        at now: Timestamp
    ) async throws(OAuthError) -> Revocation {
        guard let token = AccessToken(text) else { return Revocation(client: client.id, token: nil, outcome: .absent) }
        do {
            let outcome = try await tokens.revoke(token, issuedTo: client.id, at: now)
            return Revocation(client: client.id, token: token, outcome: outcome)
        } catch {
            throw .unavailable(error)
        }
    }
}

/// What became of a request to revoke.
package struct Revocation: Sendable {
    /// Who asked.
    package let client: ClientID
    /// The token that was named; nil if it is none of ours by its looks.
    package let token: AccessToken?
    /// What became of it.
    package let outcome: RevocationOutcome

    /// Whether it was a live token of the client's, and has ended now.
    package var wasLive: Bool { outcome == .ended }
}
