/// The members of a JWK that are read (RFC 7517 §4, RFC 7518 §6, RFC 8037 §2).
package enum JWKMember: String, Sendable, Hashable {
    case kty, use, alg, kid, crv, x, y, n, e
    case keyOps = "key_ops"

    /// The members that only a private or a shared key has, one of which is enough to know it by.
    static let secret = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"]
}

/// Why a JWK is not taken for a public key.
package enum JWKFault: Error, Hashable {
    /// It is not a JSON object.
    case notAnObject
    /// It holds the secret half of a pair.
    case privateKey
    /// It is a key of a symmetric algorithm.
    case sharedSecret
    /// A member that a key of its kind must have is not there.
    case missing(JWKMember)
    /// A member is not of the JSON type that it must have.
    case wrongType(JWKMember)
    /// A kind of key that is not known.
    case unknownKeyType
    /// A curve that is not known for this kind of key.
    case unknownCurve
    /// `use` is another than `sig`.
    case notForSignatures
    /// `key_ops` does not have `verify`.
    case notForVerification
    /// `key_ops` has one value twice (RFC 7517 §4.3).
    case repeatedOperation
    /// `alg` is not a signature algorithm that is offered.
    case algorithmNotOffered
    /// `alg` is not for a key of this kind and curve.
    case algorithmDoesNotFit
    /// A number or point is not base64url in its one spelling.
    case notBase64URL(JWKMember)
    /// A coordinate is not of its curve's length, or a number has none.
    case wrongLength(JWKMember)
    /// A number of RSA begins with a zero byte (RFC 7518 §2).
    case leadingZero(JWKMember)
    /// The coordinates are not those of a point of the curve.
    case notOnCurve
    /// A modulus below 2048 bits (RFC 7518 §3.3).
    case shortModulus
    /// A modulus above 4096 bits.
    case longModulus
    /// A modulus that 2 divides.
    case evenModulus
    /// A modulus of the form of CVE-2017-15361.
    case factorableModulus
    /// An exponent below 65537.
    case smallExponent
    /// An exponent that 2 divides.
    case evenExponent
    /// An exponent of more than 32 bits.
    case largeExponent
    /// A point of Ed25519 of small order.
    case smallOrderPoint
    /// A coordinate of Ed25519 that is not reduced.
    case nonCanonicalPoint
    /// BoringSSL does not take it, for a reason that it does not say.
    case unusable
    /// Another key of the set has the same `kid` and `kty`.
    case repeatedKeyID
}

extension JWKFault: CustomStringConvertible {
    /// What is wrong, in a sentence without its subject and without any of the key.
    package var description: String {
        switch self {
        case .notAnObject: "is not a JSON object"
        case .privateKey:
            "is a private key, which may have been copied by now: make a new pair of keys, and give only the public one"
        case .sharedSecret:
            "is a shared secret, which may have been copied by now: make a pair of keys, and give only the public one"
        case .missing(let member): "has no \(member.rawValue)"
        case .wrongType(let member): "has a \(member.rawValue) of another JSON type than RFC 7517 says"
        case .unknownKeyType: "is of a kty other than EC, RSA and OKP"
        case .unknownCurve: "is of a crv other than P-256, P-384 and Ed25519"
        case .notForSignatures: "has a use other than sig"
        case .notForVerification: "has key_ops without verify"
        case .repeatedOperation: "has a value twice in key_ops"
        case .algorithmNotOffered: "has an alg that is not offered"
        case .algorithmDoesNotFit: "has an alg that is not for a key of its kind"
        case .notBase64URL(let member): "has a \(member.rawValue) that is not base64url without padding"
        case .wrongLength(let member): "has a \(member.rawValue) of a wrong length"
        case .leadingZero(let member): "has a leading zero byte in \(member.rawValue)"
        case .notOnCurve: "is not a point of its curve"
        case .shortModulus: "has a modulus of less than 2048 bits"
        case .longModulus: "has a modulus of more than 4096 bits"
        case .evenModulus: "has a modulus that 2 divides"
        case .factorableModulus: "can be factored: it is of the form of CVE-2017-15361 (ROCA)"
        case .smallExponent: "has an exponent below 65537"
        case .evenExponent: "has an exponent that 2 divides"
        case .largeExponent: "has an exponent of more than 32 bits"
        case .smallOrderPoint: "is a point of small order, under which one signature can fit every message"
        case .nonCanonicalPoint: "has an x that RFC 8032 does not allow"
        case .unusable: "is not a usable key"
        case .repeatedKeyID: "has the kid and kty of another key of the set"
        }
    }
}
