/// The introspection endpoint (RFC 7662): another server asks what a token stands for.
package struct IntrospectionEndpoint {
    private static let parameters: [Parameter] = [.token, .tokenTypeHint] + Parameter.ofClients

    private let authenticator: ClientAuthenticator
    private let verifier: TokenVerifier
    private let issuer: String?

    /// An endpoint that asks a verifier.
    ///
    /// - Parameter issuer: what answers name as `iss`, if the site has said it.
    package init(authenticator: ClientAuthenticator, verifier: TokenVerifier, issuer: String?) {
        self.authenticator = authenticator
        self.verifier = verifier
        self.issuer = issuer
    }

    /// Answers a question about a token.
    package func respond(
        to request: EndpointRequest,
        in examination: inout Examination
    ) async throws(OAuthError) -> IntrospectionResponse {
        let request = try ParsedRequest(request, parameters: Self.parameters)
        let token = try request.token
        let caller = try await authenticator.authenticate(
            request.credentials,
            from: request.origin,
            in: &examination
        )
        let record = try await find(token, for: caller, at: examination.now)
        return IntrospectionResponse(record: record, issuer: issuer)
    }

    /// What the caller may know; a token that is none of its business is to it as one that does not exist (§2.2).
    private func find(
        _ token: String,
        for caller: Client,
        at now: Timestamp
    ) async throws(OAuthError) -> TokenRecord? {
        do {
            guard let token = AccessToken(token), let record = try await verifier.verify(token, at: now) else {
                return nil
            }
            return caller.mayIntrospect || record.grant.clientID == caller.id ? record : nil
        } catch {
            throw .unavailable(error)
        }
    }
}
