/// The token endpoint (RFC 6749 §3.2) with the client credentials grant (§4.4).
package struct TokenEndpoint {
    private static let parameters: [Parameter] = [.grantType, .scope, .resource, .audience] + Parameter.ofClients

    private let authenticator: ClientAuthenticator
    private let tokens: any TokenStore
    private let defaultLifetime: Int
    private let defaultFormat: AccessTokenFormat
    private let signed: SignedTokens?

    /// An endpoint that issues from a store.
    ///
    /// - Parameters:
    ///   - defaultLifetime: seconds that a token lives whose client has no lifetime of its own.
    ///   - defaultFormat: the kind of token for a client that has none of its own.
    ///   - signed: makes signed tokens; nil if the server has no issuer to name in them.
    package init(
        authenticator: ClientAuthenticator,
        tokens: any TokenStore,
        defaultLifetime: Int,
        defaultFormat: AccessTokenFormat = .opaque,
        signed: SignedTokens? = nil
    ) {
        self.authenticator = authenticator
        self.tokens = tokens
        self.defaultLifetime = defaultLifetime
        self.defaultFormat = defaultFormat
        self.signed = signed
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
        return Grant(
            clientID: client.id,
            scope: try scope(of: client, for: request.parameters[.scope]),
            generation: client.generation,
            audience: try audience(of: client, for: request.parameters)
        )
    }

    private func isSigned(for client: Client) -> Bool { client.tokenFormat ?? defaultFormat == .jwt }

    private func scope(of client: Client, for asked: String?) throws(OAuthError) -> Scope {
        guard let asked else { return client.scope }
        do throws(ScopeFault) {
            return try client.scopePolicy.grant(Scope(parsing: asked), outOf: client.scope)
        } catch {
            throw .invalidScope(client.id, error)
        }
    }

    /// The services that the request names, by `resource` (RFC 8707), `audience` or both; the client's default if it names
    /// none.
    private func audience(of client: Client, for parameters: RequestParameters) throws(OAuthError) -> Audience {
        let (resources, names) = (parameters.resources, parameters.audiences)
        do throws(AudienceFault) {
            if resources.isEmpty && names.isEmpty {
                // A signed token without an audience would be good everywhere (RFC 9068 §3).
                if client.defaultAudience.isEmpty && isSigned(for: client) { throw .missing }
                return client.defaultAudience
            }
            guard resources.allSatisfy(Audience.isResource) else { throw .notResource }
            guard let asked = Audience(resources + names) else { throw .malformed }
            if let name = client.audiences.firstName(lackingFrom: asked) { throw .notAllowed(name: name) }
            return asked
        } catch {
            throw .invalidTarget(client.id, error)
        }
    }

    private func issue(_ grant: Grant, to client: Client, at now: Timestamp) async throws(OAuthError) -> TokenResponse {
        // Every check would refuse the token.
        if let start = client.notBefore, now < start {
            throw .notYetValid(client.id, retryAfter: Int(clamping: start.seconds - now.seconds + 1))
        }
        let lifetime = client.accessTokenLifetime ?? defaultLifetime
        do throws(StorageError) {
            let signing = try signing(of: grant, for: client, at: now, lifetime: lifetime)
            let token = try await tokens.issue(grant, at: now, lifetime: lifetime, signedBy: signing)
            return TokenResponse(token: token, lifetime: lifetime, grant: grant)
        } catch {
            throw .unavailable(error)
        }
    }

    /// What makes a signed token of an opaque one; nil if the client gets opaque ones.
    private func signing(
        of grant: Grant,
        for client: Client,
        at now: Timestamp,
        lifetime: Int
    ) throws(StorageError) -> TokenSigning? {
        guard isSigned(for: client) else { return nil }
        guard let signed else {
            throw .unavailable("client \(client.id) gets signed tokens, which name an issuer: GRANTD_ISSUER is not set")
        }
        return { opaque throws(StorageError) in
            try signed.token(of: grant, opaque, at: now, lifetime: lifetime)
        }
    }
}
