import Encoding
import JOSE
import Testing

/// The rules of JWS as it comes, each with its source.
struct CompactJWSTests {
    private static let good = token(header: #"{"alg":"ES256"}"#)
    private static let parts = good.split(separator: ".").map(String.init)

    /// What is wrong with a text before any of it is decoded.
    static let shapes: [(rule: String, token: String, fault: CompactJWS.Fault)] = [
        ("empty", "", .notThreeParts),
        ("at most 8 KiB", String(repeating: "a", count: 8193), .tooLong),
        ("8 KiB of dots: CVE-2025-30204", String(repeating: ".", count: 8192), .notThreeParts),
        ("a MiB of dots", String(repeating: ".", count: 1 << 20), .tooLong),
        ("one part", parts[0], .notThreeParts),
        ("two parts", "\(parts[0]).\(parts[1])", .notThreeParts),
        ("four parts", "\(good).", .notThreeParts),
        ("RFC 7516 §7.1: five parts are a JWE", "\(parts[0])..\(parts[1]).\(parts[2]).AA", .notThreeParts),
        ("RFC 7515 §7.2: the JSON serialization", #"{"payload":"e30","protected":"e30"}"#, .notThreeParts),
        ("the JSON serialization with two dots in it", #"{"payload":"e30","a.b.c":"e30"}"#, .notBase64URL(.header)),
        ("two dots alone", "..", .emptyPart(.header)),
        ("no header", ".\(parts[1]).\(parts[2])", .emptyPart(.header)),
        ("RFC 7515 appendix F: the payload is elsewhere", "\(parts[0])..\(parts[2])", .emptyPart(.payload)),
        ("CVE-2015-9235: no signature", "\(parts[0]).\(parts[1]).", .emptyPart(.signature)),
    ]

    @Test(arguments: shapes)
    func `a text of another shape is refused`(rule: String, token: String, expected: CompactJWS.Fault) {
        #expect(fault(of: token) == expected, "\(rule)")
    }

    @Test func `the length is the caller's to set, and counted in bytes`() {
        #expect(fault(of: Self.good, maximumLength: Self.good.utf8.count) == nil)
        #expect(fault(of: Self.good, maximumLength: Self.good.utf8.count - 1) == .tooLong)
        let payload = String(repeating: "a", count: 8192 - Self.parts[0].utf8.count - Self.parts[2].utf8.count - 2)
        #expect(fault(of: "\(Self.parts[0]).\(payload).\(Self.parts[2])") == nil)
        #expect(fault(of: "é", maximumLength: 1) == .tooLong)
    }

    /// RFC 7515 §2: another spelling of one token would pass a table of those that were seen.
    @Test(arguments: ["=", "==", " ", "\n", "\r\n", "\t", "+", "/", "é", "\u{0}", "%3D", "~"])
    func `every part has one spelling`(added: String) {
        for (place, part) in zip(0..., [CompactJWS.Part.header, .payload, .signature]) {
            for text in [Self.parts[place] + added, added + Self.parts[place]] {
                var parts = Self.parts
                parts[place] = text
                #expect(fault(of: parts.joined(separator: ".")) == .notBase64URL(part))
            }
        }
    }

    @Test func `bits that are left over are zero`() {
        // 64 bytes leave four bits of the last letter.
        for letter in "BCDEFGHIJKLMNOP" {
            let other = Self.parts[2].dropLast() + String(letter)
            #expect(fault(of: "\(Self.parts[0]).\(Self.parts[1]).\(other)") == .notBase64URL(.signature))
        }
        #expect(fault(of: "\(Self.parts[0]).e31.\(Self.parts[2])") == .notBase64URL(.payload))
    }

    /// Headers, with the rule that refuses each.
    static let headers: [(rule: String, header: String, fault: CompactJWS.Fault)] = [
        ("RFC 7515 §5.2: JSON", "", .emptyPart(.header)),
        ("RFC 7515 §5.2: JSON", "x", .header(.malformed)),
        ("RFC 7515 §5.2: an object", #"["alg","ES256"]"#, .header(.notAnObject)),
        ("RFC 7515 §5.2: an object", #""ES256""#, .header(.notAnObject)),
        ("RFC 7515 §5.2: nothing after it", #"{"alg":"ES256"}{}"#, .header(.malformed)),
        ("RFC 7515 §5.2: nothing after it", #"{"alg":"ES256"},"#, .header(.malformed)),
        ("RFC 8259 §8.1: no byte order mark", "\u{FEFF}" + #"{"alg":"ES256"}"#, .header(.malformed)),
        ("no NUL", "{\"alg\":\"ES256\"}\u{0}", .header(.malformed)),
        ("at most 128 values", "{\"a\":[\(ones(127))]}", .header(.tooManyValues)),
        ("no NUL", #"{"alg":"ES256","kid":"a\u0000b"}"#, .header(.hasNUL)),
        ("no NUL", #"{"alg":"ES256","x":[{"a\u0000":1}]}"#, .header(.hasNUL)),
        ("RFC 7515 §4: no name twice", #"{"alg":"ES256","alg":"ES256"}"#, .header(.repeatedMember)),
        ("RFC 7515 §4: no name twice", #"{"alg":"none","al\u0067":"ES256"}"#, .header(.repeatedMember)),
        ("no name twice at any level", #"{"alg":"ES256","x":[{"a":1,"a":1}]}"#, .header(.repeatedMember)),
        ("depth ≤ 32", nested(33), .header(.malformed)),
        ("RFC 7515 §4.1.1: alg is there", "{}", .noAlgorithm),
        ("RFC 7515 §4.1.1: alg is there", #"{"ALG":"ES256"}"#, .noAlgorithm),
        ("RFC 7515 §4.1.1: alg is a string", #"{"alg":null}"#, .notAString(.alg)),
        ("RFC 7515 §4.1.1: alg is a string", #"{"alg":["ES256"]}"#, .notAString(.alg)),
        ("RFC 7515 §4.1.1: alg is a string", #"{"alg":256}"#, .notAString(.alg)),
        ("RFC 7515 §4.1.4: kid is a string", #"{"alg":"ES256","kid":1}"#, .notAString(.kid)),
        ("RFC 7515 §4.1.4: kid is a string", #"{"alg":"ES256","kid":null}"#, .notAString(.kid)),
        ("RFC 7515 §4.1.9: typ is a string", #"{"alg":"ES256","typ":["JWT"]}"#, .notAString(.typ)),
        ("RFC 7515 §4.1.2: jku is a string", #"{"alg":"ES256","jku":{}}"#, .notAString(.jku)),
        ("RFC 7515 §4.1.11: crit", #"{"alg":"ES256","crit":["exp"],"exp":1}"#, .refusedMember(.crit)),
        ("RFC 7515 §4.1.11: crit, empty", #"{"alg":"ES256","crit":[]}"#, .refusedMember(.crit)),
        ("RFC 7515 §4.1.11: crit, not an array", #"{"alg":"ES256","crit":"exp"}"#, .refusedMember(.crit)),
        ("RFC 7515 §4.1.11: crit, null", #"{"alg":"ES256","crit":null}"#, .refusedMember(.crit)),
        ("RFC 7515 §4.1.11: crit, escaped", #"{"alg":"ES256","cri\u0074":[]}"#, .refusedMember(.crit)),
        ("RFC 7797 §7: b64", #"{"alg":"ES256","b64":false}"#, .refusedMember(.b64)),
        ("RFC 7797 §7: b64", #"{"alg":"ES256","b64":true}"#, .refusedMember(.b64)),
        ("RFC 7516 §4.1.3: zip", #"{"alg":"ES256","zip":"DEF"}"#, .refusedMember(.zip)),
        ("RFC 7516 §4.1.2: enc", #"{"alg":"ES256","enc":"A128GCM"}"#, .refusedMember(.enc)),
        ("RFC 7518 §4.6.1.1: epk", #"{"alg":"ES256","epk":{}}"#, .refusedMember(.epk)),
        ("RFC 7518 §4.8.1.2: p2c", #"{"alg":"ES256","p2c":1000000000}"#, .refusedMember(.p2c)),
        ("CVE-2018-0114: jwk", #"{"alg":"ES256","jwk":{}}"#, .refusedMember(.jwk)),
        ("RFC 8725 §3.10: x5c", #"{"alg":"ES256","x5c":[]}"#, .refusedMember(.x5c)),
        ("RFC 8725 §3.10: x5u", #"{"alg":"ES256","x5u":"https://a"}"#, .refusedMember(.x5u)),
    ]

    private static func nested(_ depth: Int) -> String {
        // The object around it is one level.
        #"{"alg":"ES256","x":"# + String(repeating: "[", count: depth - 1) + String(repeating: "]", count: depth - 1)
            + "}"
    }

    @Test(arguments: headers)
    func `a header that breaks a rule is refused`(rule: String, header: String, expected: CompactJWS.Fault) {
        #expect(fault(of: token(header: header)) == expected, "\(rule)")
    }

    @Test func `a header's depth is bounded at 32`() {
        #expect(fault(of: token(header: Self.nested(32))) == nil)
    }

    @Test func `a header that is not UTF-8 is refused`() {
        let header = Base64.url.encode(Array(#"{"alg":"ES256","kid":""#.utf8) + [0xC0, 0x80] + Array("\"}".utf8))
        #expect(fault(of: "\(header).e30.AA") == .header(.malformed))
    }

    /// RFC 7518 §3.1: names are compared with their case.
    @Test(arguments: [
        "none", "None", "NONE", "nOnE", "", "HS256", "HS384", "HS512", "ES256K", "ES512", "RS512", "PS512", "RS1",
        "Ed448",
        "es256", "ES256 ", " ES256", "ES256\u{300}", "ES256,RS256", "RSA-OAEP", "dir", "A128KW", "ECDH-ES", "http://a",
    ])
    func `an algorithm that is not offered is refused`(name: String) {
        var header = JSONObject()
        header.add("alg", name)
        #expect(fault(of: token(header: header.text)) == .algorithmNotOffered)
    }

    @Test(arguments: [
        ("ES256", Algorithm.es256), ("ES384", .es384), ("RS256", .rs256), ("RS384", .rs384), ("PS256", .ps256),
        ("PS384", .ps384), ("EdDSA", .edDSA), ("Ed25519", .ed25519),
    ])
    func `the algorithms that are offered are known by their names`(name: String, algorithm: Algorithm) throws {
        #expect(try CompactJWS(token(header: #"{"alg":"\#(name)"}"#)).header.algorithm == algorithm)
        #expect(Algorithm.allCases.count == 8)
    }

    @Test func `the parts are as they were sent`() throws {
        let header = #" { "kid" : "é\/" , "alg" : "ES256", "typ": "JWT", "jku":"https:\/\/a", "cty":1, "x":{} } "#
        let text = token(header: header, payload: "\u{0}anything")
        let jws = try CompactJWS(text)
        #expect(jws.header.keyID == "é/")
        #expect(jws.header.type == "JWT")
        #expect(jws.header.keySetURL == "https://a")
        #expect(jws.payload == Array("\u{0}anything".utf8))
        #expect(jws.signature == [UInt8](repeating: 1, count: 64))
        #expect(jws.signingInput.elementsEqual("\(encoded(header)).\(encoded("\u{0}anything"))".utf8))
        let bare = try CompactJWS(Self.good).header
        #expect(bare.keyID == nil && bare.type == nil && bare.keySetURL == nil)
    }

    /// RFC 7515 §4.1.9.
    @Test(arguments: [
        ("JWT", "JWT", true), ("jwt", "JWT", true), ("JWT", "jwt", true), ("application/jwt", "JWT", true),
        ("APPLICATION/JWT", "jwt", true), ("application/at+jwt", "at+jwt", true), ("at+JWT", "at+jwt", true),
        ("application/application/jwt", "jwt", false), ("application/a/jwt", "a/jwt", false), ("jwt ", "jwt", false),
        ("jw", "jwt", false), ("jwtt", "jwt", false), ("", "jwt", false), ("at+jwt", "jwt", false),
        ("text/jwt", "jwt", false), ("text/jwt", "text/jwt", true), ("application/", "jwt", false),
        ("dpop+jwt", "at+jwt", false), ("jwt", "application/jwt", false), ("at\u{B}jwt", "at+jwt", false),
    ])
    func `typ is compared as a media type`(type: String, name: String, isSame: Bool) throws {
        var header = JSONObject()
        header.add("alg", "ES256")
        header.add("typ", type)
        #expect(try CompactJWS(token(header: header.text)).header.isType(name) == isSame)
    }

    @Test func `a token without typ is of no type`() throws {
        #expect(try !CompactJWS(Self.good).header.isType(""))
        #expect(try !CompactJWS(Self.good).header.isType("JWT"))
    }

    @Test func `no fault's sentence has anything of the token`() {
        let marked = token(header: #"{"alg":"MARK","MARK":1}"#)
        for text in [marked, "MARK", "MARK.MARK.MARK", token(header: #"{"MARK":1,"MARK":2}"#), "MARK.e30.MARK="] {
            guard let fault = fault(of: text) else {
                Issue.record("it is refused")
                continue
            }
            #expect(!"\(fault)".contains("MARK") && !String(reflecting: fault).contains("MARK"))
        }
    }
}
