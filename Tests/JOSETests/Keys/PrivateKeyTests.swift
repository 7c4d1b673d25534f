import Encoding
import JOSE
import Testing

/// Keys of one's own: made, kept as PKCS #8, and signing.
struct PrivateKeyTests {
    @Test(arguments: Algorithm.allCases)
    func `a key is kept as PEM and read again`(algorithm: Algorithm) throws {
        let key = try TestKeys.key(algorithm)
        let again = try PrivateKey(pem: key.pem, for: algorithm)
        #expect(again.publicKey == key.publicKey)
        #expect(key.pem.hasPrefix("-----BEGIN PRIVATE KEY-----\n") && key.pem.hasSuffix("-----END PRIVATE KEY-----\n"))
        #expect(again.pem == key.pem)
    }

    @Test func `what OpenSSL wrote is what is written`() throws {
        for (pem, algorithm) in [
            (Fixture.p256PEM, Algorithm.es256), (Fixture.p384PEM, .es384), (Fixture.ed25519PEM, .edDSA),
            (Fixture.rsaPEM, .rs256),
        ] {
            #expect(try PrivateKey(pem: pem, for: algorithm).pem == pem + "\n")
        }
    }

    @Test(arguments: [Algorithm.es256, .es384, .edDSA, .ed25519])
    func `a new key is another each time`(algorithm: Algorithm) throws {
        let keys = try [PrivateKey.generate(algorithm), .generate(algorithm)]
        #expect(keys[0].publicKey.parameters != keys[1].publicKey.parameters)
        for key in keys {
            #expect(key.algorithm == algorithm)
            let jws = try CompactJWS(key.sign([1, 2, 3]))
            try jws.verify(by: key.publicKey)
            #expect(try PrivateKey(pem: key.pem, for: algorithm).publicKey == key.publicKey)
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func `a new key of RSA is of 2048 bits`() throws {
        let key = try PrivateKey.generate(.ps256)
        guard case .rsa(let n, let e) = key.publicKey.parameters else {
            Issue.record("it is one of RSA")
            return
        }
        #expect(n.count == 256 && n[0] >= 0x80 && e == [1, 0, 1])
        try CompactJWS(key.sign([1])).verify(by: key.publicKey)
        #expect(try PrivateKey(pem: key.pem, for: .ps256).publicKey == key.publicKey)
    }

    @Test(arguments: [0, 1024, 2040, 2047, 2049, 4097, 4104, -8])
    func `a modulus of another length is not made`(length: Int) {
        #expect(throws: PrivateKey.Fault.modulusLength) { try PrivateKey.generate(.rs256, modulusLength: length) }
    }

    @Test(arguments: [
        ("SEC 1", Fixture.p256SEC1, Algorithm.es256, PrivateKey.Fault.notPKCS8),
        ("PKCS #1", Fixture.rsaPKCS1, .rs256, .notPKCS8),
        ("encrypted", Fixture.p256Encrypted, .es256, .notPKCS8),
        ("two keys", Fixture.p256PEM + "\n" + Fixture.p256PEM, .es256, .notPKCS8),
        ("text before it", "x\n" + Fixture.p256PEM, .es256, .notPKCS8),
        ("nothing", "", .es256, .notPKCS8),
        ("P-384 for ES256", Fixture.p384PEM, .es256, .otherKind),
        ("P-256 for ES384", Fixture.p256PEM, .es384, .otherKind),
        ("secp256k1 for ES256", Fixture.secp256k1PEM, .es256, .otherKind),
        ("RSA for ES256", Fixture.rsaPEM, .es256, .otherKind),
        ("RSA for EdDSA", Fixture.rsaPEM, .edDSA, .otherKind),
        ("P-256 for RS256", Fixture.p256PEM, .rs256, .otherKind),
        ("P-256 for EdDSA", Fixture.p256PEM, .edDSA, .otherKind),
        ("X25519 for EdDSA", Fixture.x25519PEM, .edDSA, .otherKind),
        ("Ed25519 for ES256", Fixture.ed25519PEM, .es256, .otherKind),
        ("something after it", Fixture.p256WithMore, .es256, .otherKind),
        (
            "PKCS #1 by the label of PKCS #8", Fixture.rsaPKCS1.replacing("RSA PRIVATE", with: "PRIVATE"), .rs256,
            .otherKind
        ),
        ("1024 bits", Fixture.shortPEM, .rs256, .otherKind),
        ("e = 3", Fixture.smallExponentPEM, .rs256, .weak(.smallExponent)),
    ])
    func `another text or key is refused`(
        what: String,
        pem: String,
        algorithm: Algorithm,
        expected: PrivateKey.Fault
    ) {
        do throws(PrivateKey.Fault) {
            _ = try PrivateKey(pem: pem, for: algorithm)
            Issue.record("\(what) is taken")
        } catch {
            #expect(error == expected, "\(what)")
        }
    }

    @Test(arguments: Algorithm.allCases)
    func `a token has alg, kid and typ, and is verified by what is published`(algorithm: Algorithm) throws {
        let key = try TestKeys.key(algorithm)
        let payload = Array(#"{"sub":"é"}"#.utf8)
        let text = try key.sign(payload, type: "at+jwt")
        let jws = try CompactJWS(text)
        #expect(jws.payload == payload)
        #expect(jws.header.algorithm == algorithm)
        #expect(jws.header.keyID == key.publicKey.parameters.thumbprint && jws.header.isType("at+jwt"))
        let published = try JWKSet(Array(JWKSet(publishing: [key.publicKey]).text.utf8))
        try jws.verify(by: published.key(for: jws.header))
        #expect(try CompactJWS(key.sign(payload)).header.type == nil)
    }

    @Test func `a key never prints itself`() throws {
        for algorithm in Algorithm.allCases {
            let key = try TestKeys.key(algorithm)
            let secret = key.pem.split(separator: "\n")[1].prefix(40)
            for text in ["\(key)", String(reflecting: key), "\([key])", String(describing: Optional(key))] {
                #expect(text.contains("<redacted>") && !text.contains(secret) && !text.contains("Signing"))
            }
            var dumped = ""
            dump(key, to: &dumped)
            #expect(!dumped.contains("material") && !dumped.contains("Signing"))
        }
    }
}
