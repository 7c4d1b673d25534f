/// The token endpoint (RFC 6749 §3.2) with the client credentials grant (§4.4).
package struct TokenEndpoint: ClientEndpoint {
    private let authenticator: ClientAuthenticator
    private let tokens: any TokenStore
    private let defaultLifetime: Int

    /// An endpoint that issues from a store.
    ///
    /// - Parameter defaultLifetime: seconds that a token lives where its client has no lifetime of its own.
    package init(authenticator: ClientAuthenticator, tokens: any TokenStore, defaultLifetime: Int) {
        self.authenticator = authenticator
        self.tokens = tokens
        self.defaultLifetime = defaultLifetime
    }

    /// The answer to a request for a token.
    package func reply(
        to request: EndpointRequest,
        at now: Timestamp
    ) throws(OAuthError) -> EndpointReply<TokenResponse> {
        let request = try parse(request)
        switch try authenticate(request, at: now) {
        case .answer(let client):
            return .answer(try issue(authorize(client, for: request), to: client, at: now))
        case .undecided(let undecided):
            return .undecided(
                undecided.map { client, now throws(OAuthError) in
                    try issue(authorize(client, for: request), to: client, at: now)
                }
            )
        }
    }

    private func parse(_ request: EndpointRequest) throws(OAuthError) -> ParsedRequest {
        let request = try ParsedRequest(request, own: [.grantType, .scope])
        guard let grantType = request.parameters[.grantType] else { throw .invalidRequest("grant_type is missing") }
        guard grantType == GrantType.clientCredentials else { throw .unsupportedGrantType }
        return request
    }

    private func authenticate(
        _ request: ParsedRequest,
        at now: Timestamp
    ) throws(OAuthError) -> EndpointReply<Client> {
        try authenticator.authenticate(request.credentials, from: request.origin, at: now)
    }

    private func authorize(_ client: Client, for request: ParsedRequest) throws(OAuthError) -> Grant {
        guard client.grantTypes.contains(GrantType.clientCredentials) else { throw .unauthorizedClient(client.id) }
        guard let asked = request.parameters[.scope] else { return Grant(clientID: client.id, scope: client.scope) }
        guard let asked = Scope(asked), client.scope.contains(asked) else { throw .invalidScope(client.id) }
        return Grant(clientID: client.id, scope: client.scope.intersection(asked))
    }

    private func issue(_ grant: Grant, to client: Client, at now: Timestamp) throws(OAuthError) -> TokenResponse {
        let lifetime = client.accessTokenLifetime ?? defaultLifetime
        do {
            let token = try tokens.issue(grant, at: now, lifetime: lifetime)
            return TokenResponse(token: token, lifetime: lifetime, grant: grant)
        } catch {
            throw .unavailable(error)
        }
    }
}
