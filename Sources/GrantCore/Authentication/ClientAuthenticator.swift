/// Authenticates clients (RFC 6749 §2.3), the same way at every endpoint.
package struct ClientAuthenticator {
    let registry: any ClientRegistry
    private let secrets: SecretMatcher
    let limiter: FailureLimiter
    private let queue: any HashQueue
    private let observer: (any SecretUseObserver)?
    let assertions: AssertionRules?

    /// An authenticator of the registry's clients.
    ///
    /// - Parameters:
    ///   - queue: where slow hashes are computed.
    ///   - observer: is told of each secret that served.
    ///   - assertions: what assertions have to be; nil refuses all, since a server without an issuer is no `aud`.
    package init(
        registry: any ClientRegistry,
        secrets: SecretMatcher,
        limiter: FailureLimiter,
        queue: any HashQueue = ImmediateHashQueue(),
        observer: (any SecretUseObserver)? = nil,
        assertions: AssertionRules? = nil
    ) {
        self.registry = registry
        self.secrets = secrets
        self.limiter = limiter
        self.queue = queue
        self.observer = observer
        self.assertions = assertions
    }

    /// The client that the credentials prove.
    ///
    /// What a cheap comparison proves is told at once. All else takes its turn in the queue, where one slow hash at a time
    /// is computed, and is looked at again then: in the meantime the client may have been changed.
    ///
    /// - Throws: `invalid_client`, with one description whatever failed; `tooManyFailures`, whatever the credentials are
    ///   worth; `notComputed` if a slow hash failed; `tooBusy` and `abandoned` where the turn did not come;
    ///   `unavailable` where clients cannot be read.
    func authenticate(
        _ presented: PresentedCredentials,
        from origin: Origin,
        in examination: inout Examination
    ) async throws(OAuthError) -> Client {
        try await acting(on: presented, from: origin, in: &examination) { client throws(OAuthError) in
            try await confirmBasis(for: client.id)
            return client
        }
    }

    /// Authenticates a client and acts for it, and does both again if clients have changed meanwhile.
    ///
    /// - Parameter act: learns of a change that was made before it began, by what it asks of the store, unless it throws.
    ///   What comes of it is used only if there was none.
    /// - Parameter undo: takes back what is not used.
    func acting<Value>(
        on presented: PresentedCredentials,
        from origin: Origin,
        in examination: inout Examination,
        _ act: (Client) async throws(OAuthError) -> Value,
        undoing undo: (Value) async -> Void = { _ in }
    ) async throws(OAuthError) -> Value {
        for _ in 0..<Self.mostAttempts {
            let basis = registry.basis
            let client = try await prove(presented, from: origin, in: &examination)
            let result: Result<Value, OAuthError>
            do throws(OAuthError) {
                result = .success(try await act(client))
            } catch {
                // What is remembered of a client refuses nothing.
                try await confirmBasis(for: client.id)
                result = .failure(error)
            }
            if registry.basis == basis { return try result.get() }
            // Something has changed. If the client has not, what it was proved and allowed by is as it was.
            if try await find(client.id) == client { return try result.get() }
            if case .success(let value) = result { await undo(value) }
        }
        throw .unavailable(.unavailable("clients change faster than a request can be answered"))
    }

    /// How often a request is looked at again because clients have changed.
    private static let mostAttempts = 5

    private func prove(
        _ presented: PresentedCredentials,
        from origin: Origin,
        in examination: inout Examination
    ) async throws(OAuthError) -> Client {
        if let assertion = presented.assertion { return try await prove(by: assertion, from: origin, in: &examination) }
        var undecided: Undecided
        switch try await compareFast(presented, from: origin, at: examination.now) {
        case .proved(let client): return client
        case .undecided(let first): undecided = first
        }
        let hasWaited: Bool
        do throws(HashQueueRefusal) {
            hasWaited = try await queue.enter()
        } catch {
            throw error == .busy ? .tooBusy(undecided.refusal.claimed) : .abandoned
        }
        defer { queue.leave() }
        if hasWaited {
            switch try await compareFast(presented, from: origin, at: examination.now) {
            case .proved(let client): return client
            case .undecided(let again): undecided = again
            }
        }
        examination.begin()
        let computed = await compute(undecided.pairs)
        undecided.attempt.now = examination.now
        return try await decide(presented, undecided.attempt, by: computed)
    }

    private enum FirstLook { case proved(Client), undecided(Undecided) }

    /// A request whose client has not proved itself by a cheap comparison.
    private struct Undecided {
        var attempt: FailureLimiter.Attempt
        let refusal: ClientRefusal
        /// What slow hashes may still prove, the likelier first.
        let pairs: [SecretMatcher.Pair]
    }

    /// Compares what can be compared without a slow hash.
    private func compareFast(
        _ presented: PresentedCredentials,
        from origin: Origin,
        at now: Timestamp
    ) async throws(OAuthError) -> FirstLook {
        var attempt = limiter.begin(presented.readings, from: origin, at: now)
        let basis = registry.basis
        var (verdict, pairs) = try await compareFast(presented, at: now)
        // What is remembered of a client refuses nobody.
        if case .refused(let refusal) = verdict, let id = refusal.claimed {
            try await confirmBasis(for: id)
            if registry.basis != basis { (verdict, pairs) = try await compareFast(presented, at: now) }
        }
        let claimed = presented.readings.first?.id
        switch verdict {
        case .proved(let client, let secret):
            do { try await attempt.succeeded() } catch { throw .tooManyFailures(claimed, retryAfter: error.wait) }
            observer?.used(secret, of: client, at: now)
            return .proved(client)
        case .refused(let refusal):
            let mayHash: Bool
            do { mayHash = try await attempt.mayHash() } catch {
                throw .tooManyFailures(claimed, retryAfter: error.wait)
            }
            guard mayHash else { throw await fail(attempt, for: refusal) }
            if refusal.reason.isOfMatchedSecret { pairs = [] }
            return .undecided(Undecided(attempt: attempt, refusal: refusal, pairs: pairs))
        }
    }

    private func compareFast(
        _ presented: PresentedCredentials,
        at now: Timestamp
    ) async throws(OAuthError) -> (Verdict, [SecretMatcher.Pair]) {
        var pairs: [SecretMatcher.Pair] = []
        let verdict = try await examine(presented, at: now) { secret, hash in
            if secrets.matchesFast(secret, hash) { return true }
            if case .crypt(let text) = hash, secrets.needsSlowHash(hash) {
                pairs.append(SecretMatcher.Pair(secret: secret, hash: text))
            }
            return false
        }
        return (verdict, pairs)
    }

    /// Computes slow hashes until one matches.
    private func compute(_ pairs: [SecretMatcher.Pair]) async -> SecretMatcher.Computed {
        pairs.isEmpty
            ? .none
            : await queue.run { [passwordHash = secrets.passwordHash] in
                SecretMatcher.compute(pairs, by: passwordHash)
            }
    }

    /// The client that the credentials prove, now that the slow hashes are computed.
    private func decide(
        _ presented: PresentedCredentials,
        _ attempt: FailureLimiter.Attempt,
        by computed: SecretMatcher.Computed
    ) async throws(OAuthError) -> Client {
        switch try await examine(presented, at: attempt.now, by: { secrets.matches($0, $1, by: computed) }) {
        case .proved(let client, let secret):
            do { try await attempt.succeeded(by: client.id) } catch {
                throw .tooManyFailures(presented.readings.first?.id, retryAfter: error.wait)
            }
            observer?.used(secret, of: client, at: attempt.now)
            return client
        case .refused(let refusal):
            // A right secret may be among those.
            if computed == .incomplete { throw .notComputed(refusal.claimed) }
            throw await fail(attempt, for: refusal)
        }
    }

    /// Counts a failure, and says what it is told as.
    func fail(_ attempt: FailureLimiter.Attempt, for refusal: ClientRefusal) async -> OAuthError {
        if let wait = await attempt.failed() { return .tooManyFailures(refusal.claimed, retryAfter: wait) }
        return .invalidClient(refusal)
    }

    private enum Verdict { case proved(Client, by: SecretHash), refused(ClientRefusal) }

    /// Goes through the readings with one way to compare a secret.
    private func examine(
        _ presented: PresentedCredentials,
        at now: Timestamp,
        by matches: (ClientSecret, SecretHash) -> Bool
    ) async throws(OAuthError) -> Verdict {
        var refusal = ClientRefusal(.unknownClient, claimed: presented.readings.first?.id)
        for credentials in presented.readings {
            guard let client = try await find(credentials.id) else { continue }
            switch match(credentials.secret, of: client, at: now, by: matches) {
            case nil where refusal.reason == .expiredSecret: continue
            case nil: refusal = ClientRefusal(.wrongSecret, claimed: client.id)
            case .ended?: refusal = ClientRefusal(.expiredSecret, claimed: client.id)
            case .current(let secret)?:
                guard client.isActive else { return .refused(ClientRefusal(.disabledClient, claimed: client.id)) }
                guard client.authenticationMethod ?? presented.method == presented.method else {
                    return .refused(ClientRefusal(.otherMethod, claimed: client.id))
                }
                return .proved(client, by: secret)
            }
        }
        return .refused(refusal)
    }

    /// The client with this id; nil if there is none.
    func find(_ id: ClientID) async throws(OAuthError) -> Client? {
        do {
            return try await registry.client(for: id)
        } catch {
            throw .unavailable(error)
        }
    }

    /// Looks whether what is remembered of clients still holds.
    func confirmBasis(for id: ClientID) async throws(OAuthError) {
        do {
            try await registry.confirmBasis(for: id)
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
