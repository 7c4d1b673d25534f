import JOSE

extension ClientAuthenticator {
    /// The client that an assertion proves (RFC 7523 §3).
    ///
    /// A signature is verified only if all else fits, and if not too many have failed. The assertion is noted as used only
    /// after that, so that a stranger can neither use it up nor fill the store. It costs no slow hash, so it takes no turn.
    ///
    /// - Throws: `invalid_client`, with one description whatever failed; `tooManyFailures`; `unavailable` if clients or used
    ///   assertions cannot be read.
    func prove(
        by assertion: ClientAssertion,
        from origin: Origin,
        in examination: inout Examination
    ) async throws(OAuthError) -> Client {
        // What it costs from here on does not move the time at which a failure is answered.
        examination.begin()
        let now = examination.now
        guard let rules = assertions else {
            let claimed = assertion.claimedClient
            throw await fail(
                limiter.begin(claimed, from: origin, at: now),
                for: ClientRefusal(ofAssertion: .noIssuer, claimed: claimed)
            )
        }
        let candidate: AssertionRules.Candidate
        do throws(AssertionRules.Refused) {
            candidate = try rules.read(assertion, at: now)
        } catch {
            let attempt = limiter.begin(error.claimed, from: origin, at: now)
            throw await fail(attempt, for: ClientRefusal(ofAssertion: error.fault, claimed: error.claimed))
        }
        let attempt = limiter.begin(candidate.client, from: origin, at: now)
        let client: Client
        switch try await examineAfresh(candidate, by: rules, attempt) {
        case .success(let proved): client = proved
        case .failure(let fault):
            throw await fail(attempt, for: ClientRefusal(ofAssertion: fault, claimed: candidate.client))
        }
        guard try await use(candidate, rememberedBy: rules.used, in: &examination) else {
            throw await fail(attempt, for: ClientRefusal(ofAssertion: .used, claimed: client.id))
        }
        attempt.proved()
        return client
    }

    /// Examines an assertion, and does so again if it is refused by what is remembered of a client that has changed.
    private func examineAfresh(
        _ candidate: AssertionRules.Candidate,
        by rules: AssertionRules,
        _ attempt: FailureLimiter.Attempt
    ) async throws(OAuthError) -> Result<Client, AssertionFault> {
        let basis = registry.basis
        let first = try await examine(candidate, by: rules, attempt)
        guard case .failure = first else { return first }
        try await confirmBasis(for: candidate.client)
        return registry.basis == basis ? first : try await examine(candidate, by: rules, attempt)
    }

    /// Holds an assertion against its client: by the rules, then by the limiter, and at last by its signature.
    private func examine(
        _ candidate: AssertionRules.Candidate,
        by rules: AssertionRules,
        _ attempt: FailureLimiter.Attempt
    ) async throws(OAuthError) -> Result<Client, AssertionFault> {
        guard let client = try await find(candidate.client) else { return .failure(.unknownClient) }
        let key: PublicKey
        do throws(AssertionFault) { key = try rules.key(of: candidate, for: client, at: attempt.now) } catch {
            return .failure(error)
        }
        do { try await attempt.requireHeard() } catch { throw .tooManyFailures(client.id, retryAfter: error.wait) }
        do throws(PublicKey.VerificationFault) { try candidate.token.verify(by: key) } catch {
            return .failure(.signature(error))
        }
        return .success(client)
    }

    /// Notes that an assertion is used: once for each request, which may be examined again.
    ///
    /// - Returns: false if it was used by another request.
    private func use(
        _ candidate: AssertionRules.Candidate,
        rememberedBy used: any UsedAssertions,
        in examination: inout Examination
    ) async throws(OAuthError) -> Bool {
        let name = candidate.name
        if examination.usedAssertion == name { return true }
        do throws(StorageError) {
            guard try await used.use(name, until: candidate.end, at: examination.now) else { return false }
        } catch {
            throw .unavailable(error)
        }
        examination.usedAssertion = name
        return true
    }
}
