import Encoding
import JOSE
import Testing

/// The rules of a public key as a JWK, each with its source.
struct JWKTests {
    /// Changes to a good JWK, with the rule that refuses what they make.
    static let refused: [(rule: String, algorithm: Algorithm, changes: [String: String], fault: JWKFault)] =
        members + secrets + points + numbers

    private static let members: [(String, Algorithm, [String: String], JWKFault)] = [
        ("RFC 7517 §4.1: kty", .es256, ["kty": ""], .missing(.kty)),
        ("RFC 7517 §4.1: kty", .es256, ["kty": "1"], .wrongType(.kty)),
        ("RFC 7517 §4.1: kty has its case", .es256, ["kty": #""ec""#], .unknownKeyType),
        ("RFC 7517 §5: an unknown kty", .es256, ["kty": #""AKP""#], .unknownKeyType),
        ("RFC 7518 §6.2.1.1: crv", .es256, ["crv": ""], .missing(.crv)),
        ("P-256 and P-384 alone", .es256, ["crv": #""P-521""#], .unknownCurve),
        ("P-256 and P-384 alone", .es256, ["crv": #""secp256k1""#], .unknownCurve),
        ("P-256 and P-384 alone", .es256, ["crv": #""Ed25519""#], .unknownCurve),
        ("Ed25519 alone", .edDSA, ["crv": #""X25519""#], .unknownCurve),
        ("Ed25519 alone", .edDSA, ["crv": #""Ed448""#], .unknownCurve),
        ("Ed25519 alone", .edDSA, ["crv": #""P-256""#], .unknownCurve),
        ("RFC 7517 §4.5: kid is a string", .es256, ["kid": "1"], .wrongType(.kid)),
        ("RFC 7517 §4.2: use", .es256, ["use": #""enc""#], .notForSignatures),
        ("RFC 7517 §4.2: use has its case", .es256, ["use": #""SIG""#], .notForSignatures),
        ("RFC 7517 §4.2: use is a string", .es256, ["use": #"["sig"]"#], .wrongType(.use)),
        ("SPIFFE: another use", .es256, ["use": #""x509-svid""#], .notForSignatures),
        ("RFC 7517 §4.3: key_ops", .es256, ["key_ops": #"["sign"]"#], .notForVerification),
        ("RFC 7517 §4.3: key_ops", .es256, ["key_ops": "[]"], .notForVerification),
        ("RFC 7517 §4.3: key_ops", .es256, ["key_ops": #""verify""#], .wrongType(.keyOps)),
        ("RFC 7517 §4.3: key_ops", .es256, ["key_ops": "[1]"], .wrongType(.keyOps)),
        ("RFC 7517 §4.3: no value twice", .es256, ["key_ops": #"["verify","verify"]"#], .repeatedOperation),
        ("RFC 7517 §4.4: alg", .es256, ["alg": #""ES521""#], .algorithmNotOffered),
        ("RFC 7517 §4.4: alg", .es256, ["alg": #""none""#], .algorithmNotOffered),
        ("RFC 7517 §4.4: alg", .rs256, ["alg": #""HS256""#], .algorithmNotOffered),
        ("RFC 7517 §4.4: alg", .rs256, ["alg": #""RSA-OAEP""#], .algorithmNotOffered),
        ("RFC 7517 §4.4: alg is a string", .rs256, ["alg": "null"], .wrongType(.alg)),
        ("RFC 8725 §3.1: alg fits crv", .es256, ["alg": #""ES384""#], .algorithmDoesNotFit),
        ("RFC 8725 §3.1: alg fits kty", .es256, ["alg": #""RS256""#], .algorithmDoesNotFit),
        ("RFC 8725 §3.1: alg fits kty", .rs256, ["alg": #""ES256""#], .algorithmDoesNotFit),
        ("RFC 8725 §3.1: alg fits kty", .edDSA, ["alg": #""PS256""#], .algorithmDoesNotFit),
    ]

    /// A private key that is given where a public one belongs is known to others.
    private static let secrets: [(String, Algorithm, [String: String], JWKFault)] =
        ["d", "p", "q", "dp", "dq", "qi", "oth", "k"].map { name in
            ("RFC 7517 §9.2: \(name)", name == "d" ? .es256 : .rs256, [name: #""AQAB""#], JWKFault.privateKey)
        } + [
            ("a private key of a kind that is not known", .es256, ["kty": #""AKP""#, "d": #""AA""#], .privateKey),
            ("a private key that is broken as well", .rs256, ["n": "1", "d": #""AA""#], .privateKey),
            ("a private key for encryption", .rs256, ["use": #""enc""#, "d": #""AA""#], .privateKey),
            ("a private key whose secret is null", .edDSA, ["d": "null"], .privateKey),
            ("RFC 7518 §6.4: oct", .es256, ["kty": #""oct""#, "k": #""AA""#], .sharedSecret),
            ("RFC 7518 §6.4: oct", .es256, ["kty": #""oct""#], .sharedSecret),
        ]

    private static let points: [(String, Algorithm, [String: String], JWKFault)] = [
        ("RFC 7518 §6.2.1.2: x", .es256, ["x": ""], .missing(.x)),
        ("RFC 7518 §6.2.1.3: y", .es256, ["y": ""], .missing(.y)),
        ("RFC 7518 §6.2.1.2: x is a string", .es256, ["x": "1"], .wrongType(.x)),
        ("RFC 7515 §2: base64url", .es256, ["x": quoted("A=")], .notBase64URL(.x)),
        ("RFC 7515 §2: base64url", .es256, ["y": quoted(zeros(31) + "==")], .notBase64URL(.y)),
        ("RFC 7518 §6.2.1.2: the full length", .es256, ["x": quoted("")], .wrongLength(.x)),
        ("RFC 7518 §6.2.1.2: the full length", .es256, ["x": quoted(zeros(31))], .wrongLength(.x)),
        ("RFC 7518 §6.2.1.2: the full length", .es256, ["y": quoted(zeros(33))], .wrongLength(.y)),
        ("RFC 7518 §6.2.1.2: the full length", .es384, ["x": quoted(zeros(32))], .wrongLength(.x)),
        ("P-384 by the name of P-256", .es384, ["crv": #""P-256""#], .wrongLength(.x)),
        ("on the curve", .es256, ["x": quoted(zeros(32))], .notOnCurve),
        ("not infinity", .es256, ["x": quoted(zeros(32)), "y": quoted(zeros(32))], .notOnCurve),
        ("not infinity", .es384, ["x": quoted(zeros(48)), "y": quoted(zeros(48))], .notOnCurve),
        ("below the prime", .es256, ["x": quoted(ones(32))], .notOnCurve),
        ("RFC 8037 §2: x", .edDSA, ["x": ""], .missing(.x)),
        ("RFC 8032 §5.1.5: 32 bytes", .edDSA, ["x": quoted(zeros(31))], .wrongLength(.x)),
        ("RFC 8032 §5.1.5: 32 bytes", .edDSA, ["x": quoted(zeros(33))], .wrongLength(.x)),
    ]

    private static let numbers: [(String, Algorithm, [String: String], JWKFault)] = [
        ("RFC 7518 §6.3.1.1: n", .rs256, ["n": ""], .missing(.n)),
        ("RFC 7518 §6.3.1.2: e", .rs256, ["e": ""], .missing(.e)),
        ("RFC 7515 §2: base64url", .rs256, ["e": quoted("AQ+B")], .notBase64URL(.e)),
        ("a number has a byte", .rs256, ["n": quoted("")], .wrongLength(.n)),
        ("a number has a byte", .rs256, ["e": quoted("")], .wrongLength(.e)),
        ("RFC 7518 §2: no leading zero", .rs256, ["n": quoted(base64([0] + modulus))], .leadingZero(.n)),
        ("RFC 7518 §2: no leading zero", .rs256, ["e": quoted(base64([0, 1, 0, 1]))], .leadingZero(.e)),
        ("RFC 7518 §3.3: n ≥ 2048 bits", .rs256, ["n": quoted(Fixture.modulus2040)], .shortModulus),
        ("RFC 7518 §3.3: n ≥ 2048 bits", .rs256, ["n": quoted(Fixture.modulus2047)], .shortModulus),
        ("n ≤ 4096 bits", .rs256, ["n": quoted(Fixture.modulus4104)], .longModulus),
        ("n is odd", .rs256, ["n": quoted(base64(modulus.dropLast() + [modulus[255] & 0xFE]))], .evenModulus),
        ("CVE-2017-15361: ROCA", .rs256, ["n": quoted(Fixture.rocaModulus)], .factorableModulus),
        ("e is not 1", .rs256, ["e": quoted(base64([1]))], .smallExponent),
        ("e is not 2", .rs256, ["e": quoted(base64([2]))], .smallExponent),
        ("e is not 3", .rs256, ["e": quoted(base64([3]))], .smallExponent),
        ("e ≥ 65537", .rs256, ["e": quoted(base64([0xFF, 0xFF]))], .smallExponent),
        ("e is odd", .rs256, ["e": quoted(base64([1, 0, 2]))], .evenExponent),
        ("e ≤ 32 bits", .rs256, ["e": quoted(base64([1, 0, 0, 0, 1]))], .largeExponent),
        ("e ≤ 32 bits", .rs256, ["e": quoted(base64([UInt8](repeating: 0xFF, count: 256)))], .largeExponent),
    ]

    private static let modulus: [UInt8] = {
        guard case .rsa(let n, _)? = try? TestKeys.key(.rs256).publicKey.parameters else { return [] }
        return n
    }()

    private static func quoted(_ text: String) -> String { "\"\(text)\"" }
    private static func base64(_ bytes: [UInt8]) -> String { Base64.url.encode(bytes) }
    private static func zeros(_ count: Int) -> String { base64([UInt8](repeating: 0, count: count)) }
    private static func ones(_ count: Int) -> String { base64([UInt8](repeating: 0xFF, count: count)) }

    @Test(arguments: refused)
    func `a key that breaks a rule is refused`(
        rule: String,
        algorithm: Algorithm,
        changes: [String: String],
        expected: JWKFault
    ) throws {
        #expect(try fault(ofJWK: jwk(algorithm, changes)) == expected, "\(rule)")
    }

    @Test(arguments: ["[]", "null", #""EC""#, "1"])
    func `a key is an object`(text: String) throws {
        #expect(try fault(ofJWK: text) == .notAnObject)
    }

    /// RFC 7517 §4: members that are not known are ignored.
    @Test(arguments: [
        [:], ["use": #""sig""#], ["key_ops": #"["verify"]"#], ["key_ops": #"["sign","verify","encrypt"]"#],
        ["ext": "true"], ["x5c": #"["not looked at"]"#], ["x5u": "1"], ["x5t": "null"], ["kid": #""""#],
        ["D": #""not d""#], ["use": #""sig""#, "key_ops": #"["verify"]"#, "priv": "1"],
    ])
    func `a good key is taken with what else it says`(changes: [String: String]) throws {
        for algorithm in [Algorithm.es256, .es384, .rs256, .edDSA] {
            #expect(try fault(ofJWK: jwk(algorithm, changes)) == nil)
        }
    }

    @Test func `an exponent above 65537 is taken`() throws {
        #expect(try fault(ofJWK: jwk(.rs256, ["e": Self.quoted(Self.base64([1, 0, 3]))])) == nil)
    }

    @Test func `kid and alg are read, and the key is written again`() throws {
        for algorithm in Algorithm.allCases {
            let key = try publicKey(jwk(algorithm, ["kid": #""a\"é""#, "alg": "\"\(algorithm.rawValue)\""]))
            #expect(key.keyID == "a\"é" && key.algorithm == algorithm)
            #expect(try publicKey(key.jwk.text) == key)
            #expect(key.jwk.text.hasSuffix(#""kid":"a\"é","alg":"\#(algorithm.rawValue)","use":"sig"}"#))
            let bare = try publicKey(jwk(algorithm))
            #expect(bare.keyID == nil && bare.algorithm == nil && bare != key)
        }
    }

    /// The eight points of small order, and the six spellings of them that RFC 8032 §5.1.3 does not allow.
    @Test(arguments: [
        ("0100000000000000000000000000000000000000000000000000000000000000", JWKFault.smallOrderPoint),
        ("0100000000000000000000000000000000000000000000000000000000000080", .smallOrderPoint),
        ("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", .smallOrderPoint),
        ("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff", .smallOrderPoint),
        ("0000000000000000000000000000000000000000000000000000000000000000", .smallOrderPoint),
        ("0000000000000000000000000000000000000000000000000000000000000080", .smallOrderPoint),
        ("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05", .smallOrderPoint),
        ("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85", .smallOrderPoint),
        ("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a", .smallOrderPoint),
        ("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa", .smallOrderPoint),
        ("edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", .nonCanonicalPoint),
        ("edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff", .nonCanonicalPoint),
        ("eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", .nonCanonicalPoint),
        ("eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff", .nonCanonicalPoint),
        ("ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff", .nonCanonicalPoint),
    ])
    func `a point of small order is refused in every spelling`(hex: String, expected: JWKFault) throws {
        let x = Self.base64(try #require(Hex.decode(hex.utf8)))
        #expect(try fault(ofJWK: jwk(.edDSA, ["x": Self.quoted(x)])) == expected)
    }

    @Test func `the fault of a published secret says what to do`() {
        #expect("\(JWKFault.privateKey)".contains("make a new pair"))
        #expect("\(JWKFault.sharedSecret)".contains("make a pair of keys"))
    }
}
