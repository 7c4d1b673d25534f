import Encoding
import JOSE
import Testing

/// RFC 7517 §5, and what a set is refused for.
struct JWKSetTests {
    private static let es256 = (try? jwk(.es256, ["kid": #""a""#])) ?? ""
    private static let es384 = (try? jwk(.es384, ["kid": #""b""#])) ?? ""
    private static let rsa = (try? jwk(.rs256, ["kid": #""c""#])) ?? ""
    private static let oct = #"{"kty":"oct","k":"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ","kid":"o","alg":"HS256"}"#

    static let refused: [(rule: String, text: String, fault: JWKSet.Fault)] = [
        ("≤ 64 KiB", String(repeating: " ", count: 65536) + set(), .tooLong),
        ("JSON", "", .notAnObject(.malformed)),
        ("JSON", "{", .notAnObject(.malformed)),
        ("JSON, not too deep", #"{"keys":"# + String(repeating: "[", count: 40000), .notAnObject(.malformed)),
        ("no byte order mark", "\u{FEFF}" + set(), .notAnObject(.malformed)),
        ("no NUL", #"{"keys":[],"a":"\u0000"}"#, .notAnObject(.hasNUL)),
        ("an object", "[]", .notAnObject(.notAnObject)),
        ("no name twice", #"{"keys":[],"keys":[]}"#, .notAnObject(.repeatedMember)),
        ("no name twice in a key", #"{"keys":[{"kty":"EC","kty":"RSA"}]}"#, .notAnObject(.repeatedMember)),
        ("RFC 7517 §5.1: keys", "{}", .noKeys),
        ("RFC 7517 §5.1: keys", es256, .noKeys),
        ("RFC 7517 §5.1: keys", #"{"keys":{}}"#, .noKeys),
        ("RFC 7517 §5.1: keys", #"{"keys":null}"#, .noKeys),
        ("RFC 7517 §5.1: keys", #"{"keys":[[]]}"#, .noKeys),
        ("RFC 7517 §5.1: keys", #"{"keys":["a"]}"#, .noKeys),
        ("≤ 32 keys", #"{"keys":[\#([String](repeating: "{}", count: 33).joined(separator: ","))]}"#, .tooManyKeys),
        ("a private key", set(es256, es384.dropLast() + #","d":"AA"}"#), .privateKey(number: 2)),
        ("a private key beside others", set(rsa.dropLast() + #","q":"AA"}"#, es256), .privateKey(number: 1)),
        ("shared secrets alone", set(oct), .sharedSecretsOnly),
        ("shared secrets alone", set(oct, oct), .sharedSecretsOnly),
    ]

    @Test(arguments: refused)
    func `a set that breaks a rule is refused`(rule: String, text: String, expected: JWKSet.Fault) {
        #expect(fault(ofSet: text) == expected, "\(rule)")
    }

    @Test func `the limits are the last that are taken`() throws {
        let empty = set()
        let padded = empty + String(repeating: " ", count: 65536 - empty.utf8.count)
        #expect(fault(ofSet: padded) == nil)
        let many = #"{"keys":[\#([String](repeating: "{}", count: 32).joined(separator: ","))]}"#
        #expect(try JWKSet(Array(many.utf8)).skipped.map(\.reason) == .init(repeating: .missing(.kty), count: 32))
        #expect(try JWKSet(Array(empty.utf8)).keys.isEmpty)
    }

    /// RFC 7517 §5: keys that are not understood are ignored; so are those that cannot be used.
    @Test func `a key that cannot be used is skipped with its reason`() throws {
        let set = try keySet(
            #"{"kty":"AKP","alg":"ML-DSA-44","pub":"AA"}"#,
            Self.es256,
            Self.oct,
            jwk(.es256, ["use": #""enc""#]),
            jwk(.es256, ["key_ops": #"["sign"]"#]),
            jwk(.rs256, ["alg": #""RS512""#]),
            jwk(.rs256, ["e": #""Aw""#]),
            Self.rsa
        )
        #expect(set.keys.map(\.keyID) == ["a", "c"])
        #expect(set.skipped.map(\.number) == [1, 3, 4, 5, 6, 7])
        #expect(
            set.skipped.map(\.reason) == [
                .unknownKeyType, .sharedSecret, .notForSignatures, .notForVerification, .algorithmNotOffered,
                .smallExponent,
            ]
        )
        #expect(set.skipped.last.map { "\($0)" } == "key number 7 has an exponent below 65537")
    }

    @Test func `of two keys by one name none is used`() throws {
        let other = try PrivateKey.generate(.es256).publicKey.parameters
        let text = try PublicKey(other, keyID: "a").jwk.text
        let set = try keySet(Self.es256, Self.rsa, text, Self.es384)
        #expect(set.keys.map(\.keyID) == ["c", "b"])
        #expect(set.skipped.map(\.number) == [1, 3])
        #expect(set.skipped.allSatisfy { $0.reason == .repeatedKeyID })
        // The same key twice is no better.
        #expect(try keySet(Self.es256, Self.es256).keys.isEmpty)
        // EC keys of two curves have one kty.
        #expect(try keySet(Self.es256, jwk(.es384, ["kid": #""a""#])).keys.isEmpty)
    }

    @Test func `one kid may name keys of two kinds, and a key may have none`() throws {
        let set = try keySet(Self.es256, jwk(.rs256, ["kid": #""a""#]), jwk(.es256), jwk(.es384))
        #expect(set.keys.count == 4 && set.skipped.isEmpty)
        #expect(try set.key(id: "a", algorithm: .rs256).parameters.keyType == .rsa)
        #expect(try set.key(id: "a", algorithm: .es256).parameters.keyType == .ec)
        // A key that is skipped has no name.
        #expect(try keySet(Self.es256, jwk(.es384, ["kid": #""a""#, "use": #""enc""#])).keys.count == 1)
    }

    @Test func `kids are compared byte for byte`() throws {
        let set = try keySet(jwk(.es256, ["kid": "\"\u{E9}\""]), jwk(.es384, ["kid": "\"e\u{301}\""]))
        #expect(set.keys.count == 2)
        #expect(try set.key(id: "\u{E9}", algorithm: .es256).parameters == set.keys.first?.parameters)
        #expect(throws: JWKSet.LookupFault.otherAlgorithm) { try set.key(id: "\u{E9}", algorithm: .es384) }
        #expect(throws: JWKSet.LookupFault.unknownKeyID) {
            try keySet(jwk(.es256, ["kid": "\"e\u{301}\""])).key(id: "\u{E9}", algorithm: .es256)
        }
    }

    /// SMART: `kid` matches exactly one key; without one, exactly one key fits `alg`.
    static let lookups: [(id: String?, algorithm: Algorithm, found: String?, fault: JWKSet.LookupFault?)] = [
        ("a", .es256, "a", nil),
        ("b", .es384, "b", nil),
        ("c", .rs256, "c", nil),
        ("c", .ps384, "c", nil),
        ("p", .ps256, "p", nil),
        ("p", .rs256, nil, .otherAlgorithm),
        ("a", .es384, nil, .otherAlgorithm),
        ("a", .rs256, nil, .otherAlgorithm),
        ("A", .es256, nil, .unknownKeyID),
        ("", .es256, nil, .unknownKeyID),
        ("a ", .es256, nil, .unknownKeyID),
        ("x", .es256, nil, .unknownKeyID),
        (nil, .es256, "a", nil),
        (nil, .es384, "b", nil),
        (nil, .rs384, "c", nil),
        (nil, .ps384, "c", nil),
        (nil, .ps256, nil, .severalKeysFit),
        (nil, .edDSA, nil, .noKeyFits),
    ]

    @Test(arguments: lookups)
    func `exactly one key is found`(
        id: String?,
        algorithm: Algorithm,
        found: String?,
        expected: JWKSet.LookupFault?
    ) throws {
        let set = try keySet(Self.es256, Self.es384, Self.rsa, jwk(.ps256, ["kid": #""p""#, "alg": #""PS256""#]))
        do throws(JWKSet.LookupFault) {
            let key = try set.key(id: id, algorithm: algorithm)
            #expect(key.keyID == found)
        } catch {
            #expect(error == expected)
        }
    }

    @Test func `a set is read out of another document`() throws {
        let document = try JSONDocument(Array(set(Self.es256).utf8))
        #expect(try JWKSet(document).keys == keySet(Self.es256).keys)
        #expect(throws: JWKSet.Fault.notAnObject(.notAnObject)) { try JWKSet(.array([])) }
    }

    @Test func `a set is written with public members, kid, alg and use alone`() throws {
        let keys = try [Algorithm.es256, .es384, .rs256, .ps384, .edDSA].map { try TestKeys.key($0).publicKey }
        let text = JWKSet(publishing: keys).text
        // Keys of RSA are one here, and have one kid.
        #expect(try JWKSet(Array(JWKSet(publishing: [keys[0], keys[2], keys[4]]).text.utf8)).keys.count == 3)
        guard case .object(let members) = try JSONDocument(Array(text.utf8)),
            case .array(let written)? = members["keys"]
        else {
            Issue.record("it is a set")
            return
        }
        #expect(written.count == 5)
        for document in written {
            guard case .object(let members) = document else { continue }
            #expect(members.keys.allSatisfy { ["kty", "crv", "x", "y", "n", "e", "kid", "alg", "use"].contains($0) })
            #expect(members["use"] == .string("sig") && members["kid"] != nil && members["alg"] != nil)
        }
        #expect(JWKSet(publishing: []).text == #"{"keys":[]}"#)
    }

    @Test func `the fault of a private key says which, and what to do`() {
        #expect("\(JWKSet.Fault.privateKey(number: 2))".contains("number 2"))
        #expect("\(JWKSet.Fault.privateKey(number: 2))".contains("make a new pair"))
        #expect("\(JWKSet.Fault.sharedSecretsOnly)".contains("shared secret"))
    }
}
