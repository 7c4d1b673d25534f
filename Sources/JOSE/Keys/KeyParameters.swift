import Crypto
package import Encoding

/// The kinds of key that are known, by their name in `kty` (RFC 7518 §6.1, RFC 8037 §2).
package enum KeyType: String, Sendable, Hashable {
    case ec = "EC"
    case rsa = "RSA"
    case okp = "OKP"
}

/// The curves of ECDSA that are known, by their name in `crv` (RFC 7518 §6.2.1.1).
package enum Curve: String, Sendable, Hashable {
    case p256 = "P-256"
    case p384 = "P-384"

    /// The length of a coordinate in bytes, leading zeros included (RFC 7518 §6.2.1.2).
    package var coordinateLength: Int {
        switch self {
        case .p256: 32
        case .p384: 48
        }
    }
}

/// What makes a public key the key that it is, as bytes in the order of the standards: the highest first.
package enum KeyParameters: Sendable, Hashable {
    /// A point of a curve, each coordinate of the curve's length.
    case ec(Curve, x: [UInt8], y: [UInt8])
    /// A modulus and an exponent, without leading zeros.
    case rsa(n: [UInt8], e: [UInt8])
    /// 32 bytes of Ed25519, as RFC 8032 §5.1.5 encodes them.
    case ed25519(x: [UInt8])

    /// The name of Ed25519 in `crv` (RFC 8037 §2).
    static let ed25519Curve = "Ed25519"

    /// The kind of key.
    package var keyType: KeyType {
        switch self {
        case .ec: .ec
        case .rsa: .rsa
        case .ed25519: .okp
        }
    }

    /// A JWK of the members that a key of its kind must have, and no others, in lexicographic order (RFC 7638 §3.2).
    package var requiredMembers: JSONObject {
        var object = JSONObject()
        switch self {
        case .ec(let curve, let x, let y):
            object.add("crv", curve.rawValue)
            object.add("kty", KeyType.ec.rawValue)
            object.add("x", Base64.url.encode(x))
            object.add("y", Base64.url.encode(y))
        case .rsa(let n, let e):
            object.add("e", Base64.url.encode(e))
            object.add("kty", KeyType.rsa.rawValue)
            object.add("n", Base64.url.encode(n))
        case .ed25519(let x):
            object.add("crv", Self.ed25519Curve)
            object.add("kty", KeyType.okp.rawValue)
            object.add("x", Base64.url.encode(x))
        }
        return object
    }

    /// The key's thumbprint: the SHA-256 of its required members as JSON without white space, in base64url (RFC 7638 §3).
    package var thumbprint: String {
        Base64.url.encode(Array(SHA256.hash(data: Array(requiredMembers.text.utf8))))
    }
}
