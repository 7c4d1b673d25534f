import Encoding

@testable import GrantCore

/// A token endpoint over doubles, with the clients of one test.
struct Fixture {
    /// The moment at which tests happen.
    static let now = Timestamp(seconds: 1_800_000_000)

    let registry: InMemoryRegistry
    let tokens = InMemoryTokens()
    let passwordHash = CountingPasswordHash()
    let counts = InMemoryCounts()
    let assertions = InMemoryAssertions()
    let secrets: SecretMatcher
    let authenticator: ClientAuthenticator
    let endpoint: TokenEndpoint

    init(
        _ clients: Client...,
        defaultLifetime: Int = 3600,
        failureLimit: Int = 0,
        queue: any HashQueue = ImmediateHashQueue(),
        issuer: String? = AssertionDraft.issuer,
        signer: (any TokenSigner)? = nil
    ) {
        secrets = SecretMatcher(passwordHash: passwordHash)
        registry = InMemoryRegistry(clients)
        authenticator = ClientAuthenticator(
            registry: registry,
            secrets: secrets,
            limiter: FailureLimiter(counts: counts, limit: failureLimit, window: 60),
            queue: queue,
            assertions: issuer.map { [assertions] in AssertionRules(issuer: $0, used: assertions) }
        )
        endpoint = TokenEndpoint(
            authenticator: authenticator,
            tokens: tokens,
            defaultLifetime: defaultLifetime,
            signed: signer.flatMap { signer in issuer.map { SignedTokens(issuer: $0, signer: signer) } }
        )
    }

    func respond(to request: EndpointRequest, at now: Timestamp = now) async throws(OAuthError) -> TokenResponse {
        try await endpoint.respond(to: request, at: now)
    }

    /// What the request is refused for; nil if it is answered with a token.
    func refusal(of request: EndpointRequest, at now: Timestamp = now) async -> OAuthError? {
        do throws(OAuthError) {
            _ = try await respond(to: request, at: now)
            return nil
        } catch {
            return error
        }
    }

    /// Why the client of a request is not authenticated; nil if it is, or the refusal is another.
    func reason(of request: EndpointRequest, at now: Timestamp = now) async -> ClientRefusal.Reason? {
        if case .invalidClient(let refusal) = await refusal(of: request, at: now) { refusal.reason } else { nil }
    }
}

extension TokenEndpoint {
    /// The answer to a request that need not wait.
    func respond(to request: EndpointRequest, at now: Timestamp) async throws(OAuthError) -> TokenResponse {
        var examination = Examination { now }
        return try await respond(to: request, in: &examination)
    }
}

extension IntrospectionEndpoint {
    /// The answer to a request that need not wait.
    func respond(to request: EndpointRequest, at now: Timestamp) async throws(OAuthError) -> IntrospectionResponse {
        var examination = Examination { now }
        return try await respond(to: request, in: &examination)
    }
}

extension RevocationEndpoint {
    /// The answer to a request that need not wait.
    func respond(to request: EndpointRequest, at now: Timestamp) async throws(OAuthError) -> Revocation {
        var examination = Examination { now }
        return try await respond(to: request, in: &examination)
    }
}

extension Client {
    /// `web-app` with the secret `client-secret`, changed as a test needs it.
    static func webApp(_ change: (inout Client) -> Void = { _ in }) -> Client {
        var client = Client(id: "web-app")
        client.secrets = [StoredSecret(hash: SecretHash(ofGenerated: "client-secret"), createdAt: nil)]
        change(&client)
        return client
    }
}

extension EndpointRequest {
    /// A form that asks for a token as `web-app`, by Basic unless told otherwise.
    static func form(
        _ body: String = "grant_type=client_credentials",
        authorization: String? = basic("web-app:client-secret"),
        from origin: Origin = .unknown
    ) -> EndpointRequest {
        EndpointRequest(
            method: "POST",
            contentType: "application/x-www-form-urlencoded",
            authorization: authorization,
            body: .whole(Array(body.utf8)),
            origin: origin
        )
    }

    /// A JSON object, without Authorization.
    static func json(_ body: String, authorization: String? = nil) -> EndpointRequest {
        EndpointRequest(
            method: "POST",
            contentType: "application/json",
            authorization: authorization,
            body: .whole(Array(body.utf8))
        )
    }
}

/// The Authorization header with a pair of id and secret, as it stands.
func basic(_ pair: String) -> String {
    "Basic " + Base64.standard.encode(Array(pair.utf8))
}

extension TokenResponse {
    /// The JSON body as text.
    var text: String { String(decoding: json, as: UTF8.self) }
}
