/// The introspection endpoint (RFC 7662): another server asks what a token stands for.
package struct IntrospectionEndpoint: ClientEndpoint {
    private let authenticator: ClientAuthenticator
    private let verifier: TokenVerifier
    private let issuer: String?

    /// An endpoint that asks a verifier.
    ///
    /// - Parameter issuer: what answers name as `iss`, where the site has said it.
    package init(authenticator: ClientAuthenticator, verifier: TokenVerifier, issuer: String?) {
        self.authenticator = authenticator
        self.verifier = verifier
        self.issuer = issuer
    }

    /// The answer to a question about a token.
    package func reply(
        to request: EndpointRequest,
        at now: Timestamp
    ) throws(OAuthError) -> EndpointReply<IntrospectionResponse> {
        let request = try ParsedRequest(request, own: [.token, .tokenTypeHint])
        let token = try request.token
        switch try authenticator.authenticate(request.credentials, from: request.origin, at: now) {
        case .answer(let caller):
            return .answer(try tell(caller, about: token, at: now))
        case .undecided(let undecided):
            return .undecided(
                undecided.map { caller, now throws(OAuthError) in try tell(caller, about: token, at: now) }
            )
        }
    }

    private func tell(
        _ caller: Client,
        about token: String,
        at now: Timestamp
    ) throws(OAuthError) -> IntrospectionResponse {
        IntrospectionResponse(record: try find(token, for: caller, at: now), issuer: issuer)
    }

    /// What the caller may know; a token that is none of its business is to it as one that does not exist (§2.2).
    private func find(_ token: String, for caller: Client, at now: Timestamp) throws(OAuthError) -> TokenRecord? {
        do {
            guard let token = AccessToken(token), let record = try verifier.verify(token, at: now) else { return nil }
            return caller.mayIntrospect || record.grant.clientID == caller.id ? record : nil
        } catch {
            throw .unavailable(error)
        }
    }
}
