/// Authenticates clients (RFC 6749 §2.3), the same way at every endpoint.
package struct ClientAuthenticator {
    private let registry: any ClientRegistry
    private let secrets: SecretMatcher
    private let limiter: FailureLimiter
    private let observer: (any SecretUseObserver)?

    /// An authenticator of the registry's clients.
    ///
    /// - Parameter observer: is told of each secret that served.
    package init(
        registry: any ClientRegistry,
        secrets: SecretMatcher,
        limiter: FailureLimiter,
        observer: (any SecretUseObserver)? = nil
    ) {
        self.registry = registry
        self.secrets = secrets
        self.limiter = limiter
        self.observer = observer
    }

    /// The client that the credentials prove, as far as that can be told without a slow hash.
    ///
    /// - Throws: `invalid_client`, with one description whatever failed; `tooManyFailures`, whatever the credentials are
    ///   worth; `unavailable` where clients cannot be read.
    func authenticate(
        _ presented: PresentedCredentials,
        from origin: Origin,
        at now: Timestamp
    ) throws(OAuthError) -> EndpointReply<Client> {
        let attempt = FailureLimiter.Attempt(presented.readings, from: origin, at: now)
        let known = limiter.mayProveFirst(attempt) ? nil : try admit(attempt)

        var pairs: [SlowComparison.Pair] = []
        let verdict = try examine(presented, at: now) { secret, hash in
            if secrets.matchesFast(secret, hash) { return true }
            if case .crypt(let text) = hash, secrets.needsSlowHash(hash) {
                pairs.append(SlowComparison.Pair(secret: secret, hash: text))
            }
            return false
        }
        switch verdict {
        case .proved(let client):
            if known != nil { limiter.noteSuccess(of: attempt) }
            return .answer(client)
        case .refused(let refusal):
            limiter.forgetSuccess(of: attempt)
            let standing = if let known { known } else { try admit(attempt) }
            let budget = limiter.budget(for: attempt, standing)
            guard budget.allowsHash else { throw fail(attempt, for: refusal, within: budget) }
            let comparison = secrets.comparison(of: refusal.reason.isOfMatchedSecret ? [] : pairs)
            return .undecided(
                UndecidedReply(claimed: refusal.claimed, comparison: comparison) { now throws(OAuthError) in
                    try decide(presented, from: origin, at: now, by: comparison, within: budget)
                }
            )
        }
    }

    /// How an attempt stands that need not wait.
    private func admit(_ attempt: FailureLimiter.Attempt) throws(OAuthError) -> FailureLimiter.Standing {
        let standing = limiter.standing(of: attempt)
        if let wait = standing.wait { throw .tooManyFailures(attempt.ids.first, retryAfter: wait) }
        return standing
    }

    /// The client that the credentials prove, now that the slow hashes are there. All else is looked at anew: in the
    /// meantime the client may have been changed.
    private func decide(
        _ presented: PresentedCredentials,
        from origin: Origin,
        at now: Timestamp,
        by comparison: SlowComparison,
        within budget: FailureLimiter.Budget
    ) throws(OAuthError) -> Client {
        let attempt = FailureLimiter.Attempt(presented.readings, from: origin, at: now)
        switch try examine(presented, at: now, by: { secrets.matches($0, $1, by: comparison) }) {
        case .proved(let client):
            limiter.countProof(by: client.id, in: attempt)
            return client
        case .refused(let refusal):
            throw fail(attempt, for: refusal, within: budget)
        }
    }

    /// Counts a failure, and says what it is told as.
    private func fail(
        _ attempt: FailureLimiter.Attempt,
        for refusal: ClientRefusal,
        within budget: FailureLimiter.Budget
    ) -> OAuthError {
        // It may have succeeded meanwhile.
        limiter.forgetSuccess(of: attempt)
        limiter.countFailure(of: attempt, within: budget)
        if let wait = budget.wait { return .tooManyFailures(refusal.claimed, retryAfter: wait) }
        return .invalidClient(refusal)
    }

    private enum Verdict { case proved(Client), refused(ClientRefusal) }

    /// Goes through the readings with one way to compare a secret.
    private func examine(
        _ presented: PresentedCredentials,
        at now: Timestamp,
        by matches: (ClientSecret, SecretHash) -> Bool
    ) throws(OAuthError) -> Verdict {
        var refusal = ClientRefusal(.unknownClient, claimed: presented.readings.first?.id)
        for credentials in presented.readings {
            guard let client = try find(credentials.id) else { continue }
            switch match(credentials.secret, of: client, at: now, by: matches) {
            case nil where refusal.reason == .endedSecret: continue
            case nil: refusal = ClientRefusal(.wrongSecret, claimed: client.id)
            case .ended?: refusal = ClientRefusal(.endedSecret, claimed: client.id)
            case .current(let secret)?:
                guard client.isActive else { return .refused(ClientRefusal(.disabledClient, claimed: client.id)) }
                guard client.authenticationMethod ?? presented.method == presented.method else {
                    return .refused(ClientRefusal(.otherMethod, claimed: client.id))
                }
                observer?.used(secret, of: client, at: now)
                return .proved(client)
            }
        }
        return .refused(refusal)
    }

    private func find(_ id: ClientID) throws(OAuthError) -> Client? {
        do {
            return try registry.client(for: id)
        } catch {
            throw .unavailable(error)
        }
    }

    private enum Match {
        case current(SecretHash)
        case ended
    }

    private func match(
        _ secret: ClientSecret,
        of client: Client,
        at now: Timestamp,
        by matches: (ClientSecret, SecretHash) -> Bool
    ) -> Match? {
        if let met = client.secrets.first(where: { $0.isCurrent(at: now) && matches(secret, $0.hash) }) {
            return .current(met.hash)
        }
        // A slow hash is not spent on an ended secret: it could only tell the log more.
        let isEnded = client.secrets.contains { !$0.isCurrent(at: now) && secrets.matchesFast(secret, $0.hash) }
        return isEnded ? .ended : nil
    }
}
