/// Authenticates clients (RFC 6749 §2.3), the same way at every endpoint.
package struct ClientAuthenticator {
    private let registry: any ClientRegistry
    private let secrets: SecretMatcher

    /// An authenticator of the registry's clients.
    package init(registry: any ClientRegistry, secrets: SecretMatcher) {
        self.registry = registry
        self.secrets = secrets
    }

    /// The client that the credentials prove.
    ///
    /// - Throws: `invalid_client`, with one description whatever failed; `unavailable` where clients cannot be read.
    func authenticate(_ presented: PresentedCredentials, at now: Timestamp) throws(OAuthError) -> Client {
        var refusal = ClientRefusal(.unknownClient, claimed: presented.readings.first?.id)
        for credentials in presented.readings {
            guard let client = try find(credentials.id) else { continue }
            switch match(credentials.secret, of: client, at: now) {
            case nil where refusal.reason == .endedSecret: continue
            case nil: refusal = ClientRefusal(.wrongSecret, claimed: client.id)
            case .ended?: refusal = ClientRefusal(.endedSecret, claimed: client.id)
            case .current?:
                guard client.isActive else { throw .invalidClient(ClientRefusal(.disabledClient, claimed: client.id)) }
                guard client.authenticationMethod ?? presented.method == presented.method else {
                    throw .invalidClient(ClientRefusal(.otherMethod, claimed: client.id))
                }
                return client
            }
        }
        throw .invalidClient(refusal)
    }

    private func find(_ id: ClientID) throws(OAuthError) -> Client? {
        do {
            return try registry.client(for: id)
        } catch {
            throw .unavailable(error)
        }
    }

    private enum Match { case current, ended }

    private func match(_ secret: ClientSecret, of client: Client, at now: Timestamp) -> Match? {
        let (current, ended) = (
            client.secrets.filter { $0.isCurrent(at: now) }, client.secrets.filter { !$0.isCurrent(at: now) }
        )
        if secrets.matches(secret, anyOf: current.map(\.hash)) { return .current }
        // A slow hash is not spent on an ended secret: it could only tell the log more.
        return ended.contains(where: { secrets.matchesFast(secret, $0.hash) }) ? .ended : nil
    }
}
