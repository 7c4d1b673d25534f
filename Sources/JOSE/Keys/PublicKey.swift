import Crypto
import CryptoExtras
package import Encoding

/// A public key that signatures are verified by, checked as the standards ask before it is one.
package struct PublicKey: Sendable {
    /// What makes it the key that it is.
    package let parameters: KeyParameters
    /// Its `kid`; nil if it has none.
    package let keyID: String?
    /// The one algorithm that it is for; nil if its JWK did not say.
    package let algorithm: Algorithm?

    private let material: Material

    /// The key as swift-crypto has it.
    private enum Material: Sendable {
        case p256(P256.Signing.PublicKey)
        case p384(P384.Signing.PublicKey)
        case rsa(_RSA.Signing.PublicKey)
        case ed25519(Curve25519.Signing.PublicKey)
    }

    /// A key of these parameters.
    ///
    /// - Throws: what is wrong with them, or that the algorithm is not for them.
    package init(
        _ parameters: KeyParameters,
        keyID: String? = nil,
        algorithm: Algorithm? = nil
    ) throws(JWKFault) {
        guard algorithm?.fits(parameters) != false else { throw .algorithmDoesNotFit }
        self.material = try Self.material(of: parameters)
        self.parameters = parameters
        self.keyID = keyID
        self.algorithm = algorithm
    }

    private static func material(of parameters: KeyParameters) throws(JWKFault) -> Material {
        switch parameters {
        case .ec(let curve, let x, let y):
            guard x.count == curve.coordinateLength else { throw .wrongLength(.x) }
            guard y.count == curve.coordinateLength else { throw .wrongLength(.y) }
            do {
                switch curve {
                case .p256: return .p256(try P256.Signing.PublicKey(rawRepresentation: x + y))
                case .p384: return .p384(try P384.Signing.PublicKey(rawRepresentation: x + y))
                }
            } catch {
                throw .notOnCurve
            }
        case .rsa(let n, let e):
            try RSAModulus.check(n: n, e: e)
            guard let key = try? _RSA.Signing.PublicKey(n: n, e: e) else { throw .unusable }
            return .rsa(key)
        case .ed25519(let x):
            try Ed25519Point.check(x)
            guard let key = try? Curve25519.Signing.PublicKey(rawRepresentation: x) else { throw .unusable }
            return .ed25519(key)
        }
    }

    /// Why a signature is not taken. No case holds any of what was signed.
    package enum VerificationFault: Error, Equatable {
        /// The algorithm is not for a key of this kind and curve, or not the one that the key names.
        case otherAlgorithm
        /// The signature is not of the length that the algorithm makes with this key.
        case wrongLength
        /// The signature is not the key's over these bytes.
        case wrongSignature
    }

    /// Makes sure that a signature is the key's over these bytes.
    ///
    /// The key decides on the algorithm: one that it does not name is refused before anything is computed (RFC 8725 §3.1).
    package func verify(
        _ signature: [UInt8],
        over input: ArraySlice<UInt8>,
        by algorithm: Algorithm
    ) throws(VerificationFault) {
        guard self.algorithm ?? algorithm == algorithm else { throw .otherAlgorithm }
        let isValid: Bool
        switch (material, algorithm) {
        case (.p256(let key), .es256):
            guard let signature = try? P256.Signing.ECDSASignature(rawRepresentation: signature) else {
                throw .wrongLength
            }
            isValid = key.isValidSignature(signature, for: SHA256.hash(data: input))
        case (.p384(let key), .es384):
            guard let signature = try? P384.Signing.ECDSASignature(rawRepresentation: signature) else {
                throw .wrongLength
            }
            isValid = key.isValidSignature(signature, for: SHA384.hash(data: input))
        case (.ed25519(let key), .edDSA), (.ed25519(let key), .ed25519):
            guard signature.count == 64 else { throw .wrongLength }
            isValid = key.isValidSignature(signature, for: input)
        case (.rsa(let key), .rs256):
            isValid = try verify(signature, SHA256.hash(data: input), key, .insecurePKCS1v1_5)
        case (.rsa(let key), .rs384):
            isValid = try verify(signature, SHA384.hash(data: input), key, .insecurePKCS1v1_5)
        case (.rsa(let key), .ps256): isValid = try verify(signature, SHA256.hash(data: input), key, .PSS)
        case (.rsa(let key), .ps384): isValid = try verify(signature, SHA384.hash(data: input), key, .PSS)
        default: throw .otherAlgorithm
        }
        guard isValid else { throw .wrongSignature }
    }

    /// Whether an RSA signature is good. PSS has a salt of the digest's length (RFC 7518 §3.5).
    private func verify(
        _ signature: [UInt8],
        _ digest: some Digest,
        _ key: _RSA.Signing.PublicKey,
        _ padding: _RSA.Signing.Padding
    ) throws(VerificationFault) -> Bool {
        guard case .rsa(let n, _) = parameters, signature.count == n.count else { throw .wrongLength }
        return key.isValidSignature(.init(rawRepresentation: signature), for: digest, padding: padding)
    }

    /// The key as a JWK: its public members, then `kid` and `alg` if it has them, and `use`.
    package var jwk: JSONObject {
        var object = parameters.requiredMembers
        if let keyID { object.add(JWKMember.kid.rawValue, keyID) }
        if let algorithm { object.add(JWKMember.alg.rawValue, algorithm.rawValue) }
        object.add(JWKMember.use.rawValue, "sig")
        return object
    }
}

extension PublicKey: Equatable {
    /// Whether both are one key, by one name, for one algorithm.
    package static func == (left: PublicKey, right: PublicKey) -> Bool {
        left.parameters == right.parameters && left.algorithm == right.algorithm
            && left.keyID.map { Array($0.utf8) } == right.keyID.map { Array($0.utf8) }
    }
}

extension PublicKey.VerificationFault: CustomStringConvertible {
    /// What is wrong, in a sentence.
    package var description: String {
        switch self {
        case .otherAlgorithm: "the alg is not the one of the key"
        case .wrongLength: "the signature is not of the length that its alg makes"
        case .wrongSignature: "the signature is not the key's"
        }
    }
}
