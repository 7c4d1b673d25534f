/// The token endpoint (RFC 6749 §3.2) with the client credentials grant (§4.4).
package struct TokenEndpoint {
    private static let parameters: [Parameter] = [.grantType, .scope] + Parameter.ofClients

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

    /// Answers a request for a token.
    package func respond(
        to request: EndpointRequest,
        in examination: inout Examination
    ) async throws(OAuthError) -> TokenResponse {
        let request = try parse(request)
        let clock = examination
        return try await authenticator.acting(on: request.credentials, from: request.origin, in: &examination) {
            client throws(OAuthError) in
            // A grant that is refused asks nothing of the store.
            let grant = try authorize(client, for: request)
            return try await issue(grant, to: client, at: clock.now)
        } undoing: {
            await tokens.discard($0.token)
        }
    }

    private func parse(_ request: EndpointRequest) throws(OAuthError) -> ParsedRequest {
        let request = try ParsedRequest(request, parameters: Self.parameters)
        guard let grantType = request.parameters[.grantType] else {
            throw .invalidRequest("grant_type is missing: send grant_type=client_credentials")
        }
        guard grantType == GrantType.clientCredentials else { throw .unsupportedGrantType }
        return request
    }

    private func authorize(_ client: Client, for request: ParsedRequest) throws(OAuthError) -> Grant {
        guard client.grantTypes.contains(GrantType.clientCredentials) else { throw .unauthorizedClient(client.id) }
        guard let asked = request.parameters[.scope] else { return client.grant(of: client.scope) }
        do throws(ScopeFault) {
            let asked = try Scope(parsing: asked)
            if let word = client.scope.firstWord(lackingFrom: asked) { throw .notAllowed(word: word) }
            return client.grant(of: client.scope.intersection(asked))
        } catch {
            throw .invalidScope(client.id, error)
        }
    }

    private func issue(_ grant: Grant, to client: Client, at now: Timestamp) async throws(OAuthError) -> TokenResponse {
        // Every check would refuse the token.
        if let start = client.notBefore, now < start {
            throw .notYetValid(client.id, retryAfter: Int(clamping: start.seconds - now.seconds + 1))
        }
        let lifetime = client.accessTokenLifetime ?? defaultLifetime
        do {
            let token = try await tokens.issue(grant, at: now, lifetime: lifetime)
            return TokenResponse(token: token, lifetime: lifetime, grant: grant)
        } catch {
            throw .unavailable(error)
        }
    }
}

extension Client {
    /// A grant to this client as it is now.
    fileprivate func grant(of scope: Scope) -> Grant {
        Grant(clientID: id, scope: scope, generation: generation)
    }
}
