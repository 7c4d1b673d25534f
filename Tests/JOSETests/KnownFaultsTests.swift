import Crypto
import Encoding
import JOSE
import Testing

/// What real servers let in, each as a token that they took.
struct KnownFaultsTests {
    private let key: PrivateKey
    private let keys: JWKSet

    init() throws {
        key = try TestKeys.key(.rs256)
        keys = JWKSet(publishing: [key.publicKey])
    }

    /// What becomes of a token: nothing but a sentence if it is refused.
    private func judged(_ token: String, by keys: JWKSet) -> String? {
        do {
            let jws = try CompactJWS(token)
            try jws.verify(by: keys.key(for: jws.header))
            _ = try Claims(jws.payload)
            return nil
        } catch {
            return "\(error)"
        }
    }

    @Test func `the token that the others are made from is taken`() throws {
        #expect(judged(try key.sign(Array(#"{"sub":"a"}"#.utf8)), by: keys) == nil)
    }

    /// CVE-2015-9235, RFC 8725bis §2.11.
    @Test(arguments: ["none", "None", "nOnE", "NONE", "none ", ""])
    func `alg none is refused, with any signature and with none`(name: String) throws {
        let header = #"{"alg":"\#(name)","kid":"\#(key.publicKey.keyID ?? "")"}"#
        #expect(judged("\(encoded(header)).\(encoded("{}")).", by: keys) != nil)
        #expect(judged(token(header: header), by: keys) == "the token's alg is not offered")
        #expect(judged(try token(header: header, key: key), by: keys) == "the token's alg is not offered")
    }

    /// CVE-2015-9235, CVE-2022-29217, CVE-2024-33663, CVE-2026-34950 (a space before it), CVE-2026-22817 (a key without
    /// `alg`).
    @Test func `HMAC by the public key is refused`() throws {
        let jwk = key.publicKey.jwk.text
        let bare = try publicKey(jwkText(without: "alg"))
        for secret in [jwk, Fixture.rsaPEM, " " + Fixture.rsaPEM, Fixture.rsaPEM + "\n"] {
            for header in [#"{"alg":"HS256"}"#, #"{"alg":"HS256","kid":"\#(key.publicKey.keyID ?? "")"}"#] {
                let input = "\(encoded(header)).\(encoded("{}"))"
                let code = HMAC<SHA256>.authenticationCode(
                    for: Array(input.utf8),
                    using: SymmetricKey(data: Array(secret.utf8))
                )
                let token = "\(input).\(Base64.url.encode(Array(code)))"
                #expect(judged(token, by: keys) == "the token's alg is not offered")
                #expect(judged(token, by: JWKSet(publishing: [bare])) == "the token's alg is not offered")
                // By the name of an algorithm that is offered it is no better.
                let named = token.replacing(encoded(header), with: encoded(#"{"alg":"RS256"}"#))
                #expect(judged(named, by: keys) == "the signature is not of the length that its alg makes")
            }
        }
    }

    private func jwkText(without name: String) throws -> String {
        try jwk(.rs256, ["kid": "\"\(key.publicKey.keyID ?? "")\"", name: ""])
    }

    /// CVE-2018-0114, CVE-2026-27962: the token brings its own key.
    @Test func `a key in the header is refused`() throws {
        let own = try PrivateKey.generate(.es256)
        for member in [
            #""jwk":\#(own.publicKey.jwk.text)"#, #""x5c":["MIIB"]"#, #""x5u":"https://attacker.example""#,
            #""jwk":null"#,
        ] {
            let text = try token(header: #"{"alg":"ES256",\#(member)}"#, key: own)
            #expect(judged(text, by: keys)?.hasPrefix("the token's header has ") == true)
            let known = try token(header: #"{"alg":"RS256",\#(member)}"#, key: key)
            #expect(judged(known, by: keys)?.hasPrefix("the token's header has ") == true)
        }
    }

    /// A key by URL is for the caller to compare, and never another key's.
    @Test func `jku is told and not followed`() throws {
        let text = try token(header: #"{"alg":"RS256","jku":"https://a/jwks"}"#, key: key)
        #expect(try CompactJWS(text).header.keySetURL == "https://a/jwks")
        let own = try PrivateKey.generate(.es256)
        let foreign = try token(header: #"{"alg":"ES256","jku":"https://attacker.example"}"#, key: own)
        #expect(judged(foreign, by: keys) == "the token has no kid, and no usable key has its alg")
    }

    /// CVE-2022-21449.
    @Test(arguments: [Algorithm.es256, .es384])
    func `r = s = 0 is refused`(algorithm: Algorithm) throws {
        let key = try TestKeys.key(algorithm).publicKey
        let zeros = Base64.url.encode([UInt8](repeating: 0, count: algorithm == .es256 ? 64 : 96))
        let text = "\(encoded(#"{"alg":"\#(algorithm.rawValue)"}"#)).\(encoded("{}")).\(zeros)"
        #expect(judged(text, by: JWKSet(publishing: [key])) == "the signature is not the key's")
    }

    /// CVE-2025-59420.
    @Test(arguments: [#"["bork"]"#, #"["exp"]"#, "[]", "null", #""exp""#, "{}", #"["b64"]"#])
    func `crit is refused whatever it says`(value: String) throws {
        let text = try token(header: #"{"alg":"RS256","bork":true,"crit":\#(value)}"#, key: key)
        #expect(judged(text, by: keys) == "the token's header has crit")
    }

    /// CVE-2023-51774, CVE-2026-29000.
    @Test func `a JWE or a JWS within a JWS is not a signed JWT`() throws {
        let inner = try key.sign(Array(#"{"sub":"admin"}"#.utf8))
        let header = encoded(#"{"alg":"RSA-OAEP","enc":"A256GCM"}"#)
        #expect(judged("\(header).AA.AA.AA.AA", by: keys) == "the token does not have three parts")
        #expect(judged("\(header)..AA.AA.AA", by: keys) == "the token does not have three parts")
        #expect(judged("\(header).AA.AA", by: keys) == "the token's header has enc")
        let nested = try token(header: #"{"alg":"RS256","cty":"JWT"}"#, payload: inner, key: key)
        #expect(judged(nested, by: keys) == "the token's payload is not well-formed JSON in UTF-8")
        let unsigned = "\(encoded(#"{"alg":"none"}"#)).\(encoded(#"{"sub":"admin"}"#))."
        #expect(judged(try token(header: #"{"alg":"RS256"}"#, payload: unsigned, key: key), by: keys) != nil)
    }

    /// CVE-2025-30204, CVE-2025-27144, CVE-2025-61920.
    @Test(.timeLimit(.minutes(1)), arguments: [".", "a", "A.", ".A", "a..", "[", "{\"a\":", "=", "é"])
    func `megabytes are refused before they are decoded`(piece: String) {
        let long = String(repeating: piece, count: 10_000_000 / piece.utf8.count)
        #expect(fault(of: long) == .tooLong)
        #expect(fault(of: String(long.prefix(8000))) != nil)
    }

    @Test func `a signature by a key of another kind of the same set is not tried`() throws {
        let ours = try TestKeys.key(.es256)
        let keys = JWKSet(publishing: [key.publicKey, ours.publicKey])
        let text = try token(header: #"{"alg":"RS256","kid":"\#(ours.publicKey.keyID ?? "")"}"#, key: key)
        #expect(judged(text, by: keys) == "the key of this kid is not for this alg")
        let unknown = try token(header: #"{"alg":"RS256","kid":"x"}"#, key: key)
        #expect(judged(unknown, by: keys) == "no usable key has this kid")
    }

    @Test func `bytes that were signed are those that came, not what they mean`() throws {
        let text = try token(header: #"{ "alg":"RS256" }"#, payload: #"{ "sub" : "a" }"#, key: key)
        #expect(judged(text, by: keys) == nil)
        let parts = text.split(separator: ".")
        let rewritten = "\(encoded(#"{"alg":"RS256"}"#)).\(parts[1]).\(parts[2])"
        #expect(judged(rewritten, by: keys) == "the signature is not the key's")
    }
}
