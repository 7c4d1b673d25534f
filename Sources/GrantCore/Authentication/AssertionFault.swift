import JOSE

/// Why an assertion does not authenticate a client. The log hears it; the caller does not.
enum AssertionFault: Error, Equatable {
    /// The server has no issuer, so that no audience can be right.
    case noIssuer
    /// It is not a JWS that is read here.
    case token(CompactJWS.Fault)
    /// It says that it is another kind of JWT.
    case otherType
    /// It says where its key is, and no client has such a place registered.
    case keySetURL
    /// Its claims are not those of a JWT, or one is missing, or a time does not fit.
    case claims(Claims.Fault)
    /// `iss` and `sub` are not one client's id (RFC 7523 §3).
    case otherSubject
    /// The request's `client_id` is another (RFC 7521 §4.2).
    case otherClientID
    /// No client has the id that it names.
    case unknownClient
    /// The client is switched off.
    case disabledClient
    /// The client has to authenticate in another way.
    case otherMethod
    /// The client has no keys.
    case noKeys
    /// `aud` is not this server alone.
    case otherAudience
    /// `exp` is further away than the client's assertions may last.
    case lastsTooLong(seconds: Int)
    /// `iat` is longer ago than the client's assertions may last.
    case tooOld
    /// It may have been used before the machine was started, and forgotten.
    case fromBeforeStart
    /// The client has to sign by another algorithm.
    case otherAlgorithm
    /// No key of the client's is the one.
    case key(JWKSet.LookupFault)
    /// The signature is not the key's.
    case signature(PublicKey.VerificationFault)
    /// It has been used before.
    case used

    /// Whether it is told only of a client that exists.
    var provesClient: Bool {
        switch self {
        case .noIssuer, .token, .otherType, .keySetURL, .claims, .otherSubject, .otherClientID, .unknownClient: false
        case .disabledClient, .otherMethod, .noKeys, .otherAudience, .lastsTooLong, .tooOld, .fromBeforeStart,
            .otherAlgorithm, .key, .signature, .used:
            true
        }
    }

    /// What is wrong, in a sentence that has nothing of the assertion.
    var description: String {
        switch self {
        case .noIssuer: "GRANTD_ISSUER is not set, so that no aud can be right"
        case .token(let fault): fault.description
        case .otherType: "the token's typ is not that of a client assertion"
        case .keySetURL: "the token's header has jku"
        case .claims(let fault): fault.description
        case .otherSubject: "the token's iss and sub are not one client's id"
        case .otherClientID: "client_id is not the token's client"
        case .unknownClient: "unknown client"
        case .disabledClient: "disabled client"
        case .otherMethod: "other authentication method than registered"
        case .noKeys: "the client has no keys"
        case .otherAudience: "the token's aud is not the issuer or one endpoint alone"
        case .lastsTooLong(let seconds): "the token lasts for more than \(seconds) seconds"
        case .tooOld: "the token's iat is too long ago"
        case .fromBeforeStart: "the token may have been used before this machine was started"
        case .otherAlgorithm: "the token's alg is not the one that the client is registered for"
        case .key(let fault): fault.description
        case .signature(let fault): fault.description
        case .used: "used before"
        }
    }
}

extension ClientRefusal {
    /// Tells the log why an assertion was refused.
    init(ofAssertion fault: AssertionFault, claimed: ClientID?) {
        self.init(
            fault == .used ? .usedAssertion : .invalidAssertion,
            claimed: claimed,
            detail: fault.description,
            provesClient: fault.provesClient
        )
    }
}
