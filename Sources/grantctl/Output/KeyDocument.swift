import FileStore
import JOSE

/// What is shown of a client's public key.
struct KeyDocument: Encodable {
    let kid: String?
    let kty: String
    let crv: String?
    let alg: String?
    /// RFC 7638.
    let thumbprint: String

    /// A key's.
    init(_ key: PublicKey) {
        kid = key.keyID
        kty = key.parameters.keyType.rawValue
        crv = key.parameters.curveName
        alg = key.algorithm?.rawValue
        thumbprint = key.parameters.thumbprint
    }
}

extension PublicKey {
    /// Its kind, and the algorithm that it is for, for people: `EC P-256, ES256`.
    var kind: String {
        var text = parameters.keyType.rawValue
        if let curve = parameters.curveName { text += " \(curve)" }
        if case .rsa(let modulus, _) = parameters { text += " \(modulus.count * 8)" }
        text += algorithm.map { ", \($0.rawValue)" } ?? ""
        return keyID == nil ? text + ", no kid" : text
    }

    /// What it is called, with its kind.
    var text: String { "\(name) (\(kind))" }
}

extension KeyParameters {
    /// The value of `crv`; nil for RSA.
    fileprivate var curveName: String? {
        switch self {
        case .ec(let curve, _, _): curve.rawValue
        case .ed25519: "Ed25519"
        case .rsa: nil
        }
    }
}
