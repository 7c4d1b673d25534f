import Crypto
import Encoding
import JOSE
import Testing

/// Which signatures are taken (RFC 7518 §3, RFC 8037 §3.1, RFC 8725 §3.1).
struct VerificationTests {
    private let input = Array("header.payload".utf8)

    private func fault(
        _ signature: [UInt8],
        _ algorithm: Algorithm,
        by key: PublicKey
    ) -> PublicKey.VerificationFault? {
        do throws(PublicKey.VerificationFault) {
            try key.verify(signature, over: input[...], by: algorithm)
            return nil
        } catch {
            return error
        }
    }

    @Test(arguments: Algorithm.allCases)
    func `a signature is good over its own bytes alone`(algorithm: Algorithm) throws {
        let key = try TestKeys.key(algorithm)
        let signature = try key.signature(over: input)
        #expect(fault(signature, algorithm, by: key.publicKey) == nil)
        for index in signature.indices {
            var other = signature
            other[index] ^= 0x40
            #expect(fault(other, algorithm, by: key.publicKey) == .wrongSignature)
        }
        let others = try key.signature(over: input + [0])
        #expect(fault(others, algorithm, by: key.publicKey) == .wrongSignature)
    }

    @Test(arguments: [Algorithm.es256, .es384, .edDSA, .ed25519])
    func `another key's signature is not taken`(algorithm: Algorithm) throws {
        let signature = try PrivateKey.generate(algorithm).signature(over: input)
        #expect(fault(signature, algorithm, by: try TestKeys.key(algorithm).publicKey) == .wrongSignature)
    }

    /// RFC 8725 §3.1: one key, one algorithm, decided by the key.
    @Test(arguments: Algorithm.allCases, Algorithm.allCases)
    func `a key that names its algorithm takes no other`(named: Algorithm, asked: Algorithm) throws {
        let key = try TestKeys.key(named)
        let signature = try key.signature(over: input)
        #expect(fault(signature, asked, by: key.publicKey) == (asked == named ? nil : .otherAlgorithm))
    }

    @Test(arguments: Algorithm.allCases, Algorithm.allCases)
    func `a key that names none takes those of its kind`(made: Algorithm, asked: Algorithm) throws {
        let key = try publicKey(jwk(made))
        let signature = try TestKeys.key(made).signature(over: input)
        let isEdwards = made == .edDSA && asked == .ed25519 || made == .ed25519 && asked == .edDSA
        let expected: PublicKey.VerificationFault? =
            if !asked.fits(key.parameters) {
                .otherAlgorithm
            } else if asked == made || isEdwards {
                nil
            } else {
                .wrongSignature
            }
        #expect(fault(signature, asked, by: key) == expected)
    }

    /// RFC 7518 §3.4: exactly the curve's length twice.
    @Test(arguments: Algorithm.allCases)
    func `a signature has exactly its length`(algorithm: Algorithm) throws {
        let key = try TestKeys.key(algorithm)
        let good = try key.signature(over: input)
        let lengths: [Algorithm: Int] = [.es256: 64, .es384: 96, .edDSA: 64, .ed25519: 64]
        #expect(good.count == lengths[algorithm] ?? 256)
        for signature in [
            [], Array(good.dropLast()), good + [0], [0] + good, Array(good.dropFirst()), [0, 0] + good, good + good,
        ] {
            #expect(fault(signature, algorithm, by: key.publicKey) == .wrongLength, "\(signature.count)")
        }
    }

    @Test func `DER is refused`() throws {
        let pem = try P256.Signing.PrivateKey(pemRepresentation: Fixture.p256PEM)
        let key = try TestKeys.key(.es256).publicKey
        for _ in 0..<20 {
            let signature = try pem.signature(for: SHA256.hash(data: input))
            #expect(fault(Array(signature.rawRepresentation), .es256, by: key) == nil)
            #expect(fault(Array(signature.derRepresentation), .es256, by: key) == .wrongLength)
        }
    }

    /// CVE-2022-21449, and RFC 7518 §3.4: r and s are from 1 to n − 1.
    @Test(arguments: [Algorithm.es256, .es384])
    func `r and s out of range are refused`(algorithm: Algorithm) throws {
        let order = algorithm == .es256 ? Self.order256 : Self.order384
        let key = try TestKeys.key(algorithm)
        let good = try key.signature(over: input)
        let zero = [UInt8](repeating: 0, count: order.count)
        let ones = [UInt8](repeating: 0xFF, count: order.count)
        let (r, s) = (Array(good.prefix(order.count)), Array(good.suffix(order.count)))
        for signature in [
            zero + zero, zero + s, r + zero, order + s, r + order, order + order, ones + s, r + ones, ones + ones,
            zero.dropLast() + [1] + zero,
        ] {
            #expect(fault(signature, algorithm, by: key.publicKey) == .wrongSignature)
        }
    }

    private static let order256 = hex("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551")
    private static let order384 = hex(
        "ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973"
    )
    private static func hex(_ text: String) -> [UInt8] { Hex.decode(text.utf8) ?? [] }

    /// So a token is known by its `jti`, not by its bytes.
    @Test func `ECDSA has a second signature for each`() throws {
        let key = try TestKeys.key(.es256)
        let good = try key.signature(over: input)
        var borrow = 0
        let opposite = zip(Self.order256.reversed(), good.suffix(32).reversed()).map { pair -> UInt8 in
            let difference = Int(pair.0) - Int(pair.1) - borrow
            borrow = difference < 0 ? 1 : 0
            return UInt8(truncatingIfNeeded: difference)
        }
        let other = Array(good.prefix(32)) + opposite.reversed()
        #expect(other != good)
        #expect(fault(other, .es256, by: key.publicKey) == nil)
    }

    /// RFC 7518 §3.5.
    @Test(arguments: Fixture.pssSignatures)
    func `the salt of PSS is as long as the hash`(
        algorithm: Algorithm,
        saltLength: String,
        text: String,
        isValid: Bool
    ) throws {
        let key = try publicKey(jwk(algorithm))
        do throws(PublicKey.VerificationFault) {
            try key.verify(decoded(text), over: Array(Fixture.pssInput.utf8)[...], by: algorithm)
            #expect(isValid)
        } catch {
            #expect(!isValid && error == .wrongSignature)
        }
    }

    @Test func `an RSA signature is below the modulus`() throws {
        let key = try TestKeys.key(.rs256).publicKey
        guard case .rsa(let n, _) = key.parameters else { return }
        #expect(fault(n, .rs256, by: key) == .wrongSignature)
        #expect(fault([UInt8](repeating: 0xFF, count: 256), .rs256, by: key) == .wrongSignature)
        #expect(fault([UInt8](repeating: 0, count: 256), .rs256, by: key) == .wrongSignature)
        #expect(fault([UInt8](repeating: 0, count: 255) + [1], .rs256, by: key) == .wrongSignature)
    }

    /// RFC 8032 §5.1.7: S is below the group's order, or a second signature is good too.
    @Test func `Ed25519 has one signature`() throws {
        let key = try TestKeys.key(.edDSA)
        let good = try key.signature(over: input)
        let order = Self.hex("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010")
        var carry = 0
        let sum = zip(good.suffix(32), order).map { pair -> UInt8 in
            let sum = Int(pair.0) + Int(pair.1) + carry
            carry = sum >> 8
            return UInt8(truncatingIfNeeded: sum)
        }
        #expect(fault(Array(good.prefix(32)) + sum, .edDSA, by: key.publicKey) == .wrongSignature)
    }
}
