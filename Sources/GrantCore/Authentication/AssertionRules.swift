import JOSE

/// What an assertion has to say to authenticate a client (RFC 7523 §3, RFC 7519 §4, SMART App Launch 2.2), the cheap rules
/// first. It does not verify the signature: that is for ``ClientAuthenticator`` to do once everything else fits.
package struct AssertionRules {
    /// The `aud` that are right: the issuer, and the URLs of the endpoints for clients, of which libraries name the one that
    /// they ask.
    private let issuer: String
    private let endpoints: [String]
    /// Remembers which assertions were used.
    let used: any UsedAssertions

    /// The rules of an issuer.
    package init(issuer: String, used: any UsedAssertions) {
        self.issuer = issuer
        self.used = used
        endpoints = ["/token", "/introspect", "/revoke"].map { issuer + $0 }
    }

    /// An assertion that was read, and whose client is known by its own word only.
    struct Candidate {
        let token: CompactJWS
        let claims: Claims
        let client: ClientID
        let jti: String
        /// `exp`, in seconds since 1970.
        let expiry: Int64
    }

    /// Why an assertion is refused by what it says alone.
    struct Refused: Error {
        let fault: AssertionFault
        /// The client that the assertion names, or before that is read the one that the request names.
        let claimed: ClientID?
    }

    /// Reads an assertion, and applies the rules that are the same for every client.
    func read(_ assertion: ClientAssertion, at now: Timestamp) throws(Refused) -> Candidate {
        var claimed = assertion.claimedClient
        do throws(AssertionFault) {
            let token = try Self.token(assertion.text)
            let claims = try Self.claims(of: token)
            let client = try Self.client(of: claims, namedBy: assertion)
            claimed = client
            return try Self.candidate(token, claims, of: client, at: now)
        } catch {
            throw Refused(fault: error, claimed: claimed)
        }
    }

    private static func token(_ text: String) throws(AssertionFault) -> CompactJWS {
        let token: CompactJWS
        do throws(CompactJWS.Fault) { token = try CompactJWS(text) } catch { throw .token(error) }
        guard isClientAssertion(token.header) else { throw .otherType }
        guard token.header.keySetURL == nil else { throw .keySetURL }
        return token
    }

    /// Whether `typ` is absent, `JWT`, or the one of RFC 7523's revision.
    private static func isClientAssertion(_ header: JWSHeader) -> Bool {
        header.type == nil || header.isType("JWT") || header.isType("client-authentication+jwt")
    }

    private static func claims(of token: CompactJWS) throws(AssertionFault) -> Claims {
        do throws(Claims.Fault) { return try Claims(token.payload) } catch { throw .claims(error) }
    }

    /// The client that an assertion names as its issuer and its subject (RFC 7523 §3), and that the request does not
    /// contradict (RFC 7521 §4.2).
    private static func client(
        of claims: Claims,
        namedBy assertion: ClientAssertion
    ) throws(AssertionFault) -> ClientID {
        let (issuer, subject): (String, String)
        do throws(Claims.Fault) {
            issuer = try claims.require(\.issuer, .iss)
            subject = try claims.require(\.subject, .sub)
        } catch {
            throw .claims(error)
        }
        guard let client = ClientID(issuer), ClientID(subject) == client else { throw .otherSubject }
        guard assertion.clientID == nil || assertion.claimedClient == client else { throw .otherClientID }
        return client
    }

    private static func candidate(
        _ token: CompactJWS,
        _ claims: Claims,
        of client: ClientID,
        at now: Timestamp
    ) throws(AssertionFault) -> Candidate {
        do throws(Claims.Fault) {
            let (jti, expiry) = (try claims.require(\.tokenID, .jti), try claims.require(\.expiry, .exp))
            try claims.check(at: now.seconds)
            return Candidate(token: token, claims: claims, client: client, jti: jti, expiry: expiry.roundedDown)
        } catch {
            throw .claims(error)
        }
    }

    /// Applies the rules that depend on the client.
    ///
    /// - Returns: the key that has to have signed it.
    func key(of candidate: Candidate, for client: Client, at now: Timestamp) throws(AssertionFault) -> PublicKey {
        guard client.isActive else { throw .disabledClient }
        guard client.authenticationMethod ?? .privateKeyJWT == .privateKeyJWT else { throw .otherMethod }
        guard let keys = client.keys else { throw .noKeys }
        guard isForThisServer(candidate.claims, client.assertions) else { throw .otherAudience }
        try checkTimes(of: candidate, client.assertions, at: now)
        let header = candidate.token.header
        guard client.assertions.algorithm ?? header.algorithm == header.algorithm else { throw .otherAlgorithm }
        do throws(JWKSet.LookupFault) { return try keys.key(for: header) } catch { throw .key(error) }
    }

    /// Whether `aud` is this server and no other. One that is for several could be used at each of them by the others.
    private func isForThisServer(_ claims: Claims, _ policy: AssertionPolicy) -> Bool {
        claims.isOnlyFor(issuer) || !policy.areForIssuerOnly && endpoints.contains(where: claims.isOnlyFor)
    }

    private func checkTimes(
        of candidate: Candidate,
        _ policy: AssertionPolicy,
        at now: Timestamp
    ) throws(AssertionFault) {
        let (longest, leeway) = (Int64(policy.longestLifetime), Claims.leeway)
        guard candidate.expiry <= now.seconds + longest + leeway else {
            throw .lastsTooLong(seconds: policy.longestLifetime)
        }
        let issued = candidate.claims.issuedAt
        if let issued, issued.roundedUp < now.seconds - longest - leeway { throw .tooOld }
        // One that does not say when it was issued may be as old as any.
        let earliest = issued?.roundedDown ?? candidate.expiry - longest - leeway
        if let start = used.forgetsUntil, earliest - leeway < start.seconds { throw .fromBeforeStart }
    }
}

extension AssertionRules.Candidate {
    /// What it is remembered by once it has been used.
    var name: AssertionName { AssertionName(client: client, jti: jti) }

    /// The first moment at which it could not be used again, also by a server whose clock is behind.
    var end: Timestamp { Timestamp(seconds: expiry).adding(seconds: Claims.leeway) }
}
