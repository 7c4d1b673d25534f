import Crypto
import CryptoExtras

/// A key that signs by one algorithm. It never prints itself.
package struct PrivateKey: Sendable {
    /// The algorithm that it signs by.
    package let algorithm: Algorithm
    /// The public half, whose `kid` is its thumbprint and whose `alg` is the key's.
    package let publicKey: PublicKey

    private let material: Material

    /// The key as swift-crypto has it.
    private enum Material: Sendable {
        case p256(P256.Signing.PrivateKey)
        case p384(P384.Signing.PrivateKey)
        case rsa(_RSA.Signing.PrivateKey)
        case ed25519(Curve25519.Signing.PrivateKey)
    }

    /// Why a private key cannot be read, made or used. None of the cases carries key material.
    package enum Fault: Error, Equatable {
        /// The text is not one PEM block of PKCS #8, not encrypted.
        case notPKCS8
        /// What is in the block is not a key of the algorithm's kind.
        case otherKind
        /// The key is one that nobody should sign by.
        case weak(JWKFault)
        /// A new RSA key cannot be of this length.
        case modulusLength
        /// BoringSSL has failed.
        case failed
    }

    /// The label of PKCS #8 in PEM (RFC 7468 §10).
    private static let label = "PRIVATE KEY"

    private init(_ material: Material, for algorithm: Algorithm) throws(Fault) {
        do throws(JWKFault) {
            let parameters = try Self.parameters(of: material)
            self.publicKey = try PublicKey(parameters, keyID: parameters.thumbprint, algorithm: algorithm)
        } catch {
            throw .weak(error)
        }
        self.material = material
        self.algorithm = algorithm
    }

    private static func parameters(of material: Material) throws(JWKFault) -> KeyParameters {
        switch material {
        case .p256(let key): return point(.p256, Array(key.publicKey.rawRepresentation))
        case .p384(let key): return point(.p384, Array(key.publicKey.rawRepresentation))
        case .ed25519(let key): return .ed25519(x: Array(key.publicKey.rawRepresentation))
        case .rsa(let key):
            guard let numbers = try? key.publicKey.getKeyPrimitives() else { throw .unusable }
            return .rsa(n: Array(numbers.modulus), e: Array(numbers.publicExponent))
        }
    }

    private static func point(_ curve: Curve, _ bytes: [UInt8]) -> KeyParameters {
        .ec(curve, x: Array(bytes.prefix(curve.coordinateLength)), y: Array(bytes.suffix(curve.coordinateLength)))
    }

    /// Makes a new key. One of RSA takes a tenth of a second and more.
    ///
    /// - Parameter modulusLength: the bits of an RSA modulus, a multiple of 8 from 2048 to 4096; the others have their own.
    package static func generate(_ algorithm: Algorithm, modulusLength: Int = 2048) throws(Fault) -> PrivateKey {
        switch algorithm {
        case .es256: return try PrivateKey(.p256(P256.Signing.PrivateKey(compactRepresentable: false)), for: algorithm)
        case .es384: return try PrivateKey(.p384(P384.Signing.PrivateKey(compactRepresentable: false)), for: algorithm)
        case .edDSA, .ed25519: return try PrivateKey(.ed25519(Curve25519.Signing.PrivateKey()), for: algorithm)
        case .rs256, .rs384, .ps256, .ps384:
            guard RSAModulus.lengths.contains(modulusLength), modulusLength.isMultiple(of: 8) else {
                throw .modulusLength
            }
            guard let key = try? _RSA.Signing.PrivateKey(keySize: .init(bitCount: modulusLength)) else { throw .failed }
            return try PrivateKey(.rsa(key), for: algorithm)
        }
    }

    /// Reads a key from PKCS #8 in PEM, as ``pem`` and `openssl genpkey` write it.
    package init(pem: String, for algorithm: Algorithm) throws(Fault) {
        guard let der = PEM.decode(pem, label: Self.label) else { throw .notPKCS8 }
        guard PKCS8(for: algorithm).isForm(of: der) else { throw .otherKind }
        let material: Material?
        switch algorithm {
        case .es256: material = (try? P256.Signing.PrivateKey(derRepresentation: der)).map(Material.p256)
        case .es384: material = (try? P384.Signing.PrivateKey(derRepresentation: der)).map(Material.p384)
        case .edDSA, .ed25519:
            material = (try? Curve25519.Signing.PrivateKey(derRepresentation: der)).map(Material.ed25519)
        case .rs256, .rs384, .ps256, .ps384:
            material = (try? _RSA.Signing.PrivateKey(derRepresentation: der)).map(Material.rsa)
        }
        guard let material else { throw .otherKind }
        try self.init(material, for: algorithm)
    }

    /// The key as PKCS #8 in PEM, for a file that only its owner may read.
    package var pem: String {
        let der: [UInt8] =
            switch material {
            case .p256(let key): Array(key.derRepresentation)
            case .p384(let key): Array(key.derRepresentation)
            case .rsa(let key): Array(key.pkcs8DERRepresentation)
            case .ed25519(let key): Array(key.derRepresentation)
            }
        return PEM.encode(der, label: Self.label)
    }

    /// Its signature over these bytes, as a JWS has it: of ECDSA r and s, each of the curve's length (RFC 7518 §3.4).
    package func signature(over input: [UInt8]) throws(Fault) -> [UInt8] {
        do {
            switch material {
            case .p256(let key): return Array(try key.signature(for: SHA256.hash(data: input)).rawRepresentation)
            case .p384(let key): return Array(try key.signature(for: SHA384.hash(data: input)).rawRepresentation)
            case .ed25519(let key): return Array(try key.signature(for: input))
            case .rsa(let key):
                let signature =
                    switch algorithm {
                    case .rs256: try key.signature(for: SHA256.hash(data: input), padding: .insecurePKCS1v1_5)
                    case .rs384: try key.signature(for: SHA384.hash(data: input), padding: .insecurePKCS1v1_5)
                    case .ps384: try key.signature(for: SHA384.hash(data: input), padding: .PSS)
                    default: try key.signature(for: SHA256.hash(data: input), padding: .PSS)
                    }
                return Array(signature.rawRepresentation)
            }
        } catch {
            throw .failed
        }
    }
}

extension PrivateKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Nothing of the key.
    package var description: String { "<redacted>" }
    /// Nothing of the key.
    package var debugDescription: String { "<redacted>" }
    /// Nothing of the key.
    package var customMirror: Mirror { Mirror(self, children: []) }
}

extension PrivateKey.Fault: CustomStringConvertible {
    /// What is wrong, in a sentence without its subject.
    package var description: String {
        switch self {
        case .notPKCS8: "is not one unencrypted PEM block of PKCS #8 (BEGIN PRIVATE KEY)"
        case .otherKind: "is not a key of the kind that its alg needs"
        case .weak(let fault): fault.description
        case .modulusLength: "can have a modulus of 2048 to 4096 bits, a multiple of 8"
        case .failed: "could not be used or made"
        }
    }
}
