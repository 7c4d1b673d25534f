import Encoding
import JOSE
import Testing

/// The rules of the claims of a JWT, each with its source.
struct ClaimsTests {
    /// Payloads, with the rule that refuses each.
    static let refused: [(rule: String, payload: String, fault: Claims.Fault)] = [
        ("RFC 7519 §7.2: JSON", "", .payload(.malformed)),
        ("RFC 7519 §7.2: an object", "[]", .payload(.notAnObject)),
        ("RFC 7519 §7.2: an object", "null", .payload(.notAnObject)),
        ("RFC 7519 §7.2: nothing after it", "{}x", .payload(.malformed)),
        ("RFC 8259 §8.1: no byte order mark", "\u{FEFF}{}", .payload(.malformed)),
        ("RFC 7519 §4: no name twice", #"{"sub":"a","sub":"b"}"#, .payload(.repeatedMember)),
        ("RFC 7519 §4: no name twice", #"{"sub":"a","su\u0062":"a"}"#, .payload(.repeatedMember)),
        ("no name twice at any level", #"{"a":{"b":1,"b":1}}"#, .payload(.repeatedMember)),
        ("no NUL", #"{"iss":"a\u0000b"}"#, .payload(.hasNUL)),
        ("at most 128 values", "{\"a\":[\(ones(127))]}", .payload(.tooManyValues)),
        ("no NUL", #"{"unknown":["\u0000"]}"#, .payload(.hasNUL)),
        ("RFC 7519 §5.2: a nested JWS is no claims", token(header: #"{"alg":"ES256"}"#), .payload(.malformed)),
        ("RFC 7519 §4.1.1: iss is a string", #"{"iss":1}"#, .wrongType(.iss)),
        ("RFC 7519 §4.1.1: iss is a string", #"{"iss":null}"#, .wrongType(.iss)),
        ("RFC 7519 §4.1.1: iss is a string", #"{"iss":["a"]}"#, .wrongType(.iss)),
        ("RFC 7519 §4.1.2: sub is a string", #"{"sub":{}}"#, .wrongType(.sub)),
        ("RFC 7519 §4.1.7: jti is a string", #"{"jti":7}"#, .wrongType(.jti)),
        ("iss is not empty", #"{"iss":""}"#, .empty(.iss)),
        ("sub is not empty", #"{"sub":""}"#, .empty(.sub)),
        ("jti is not empty", #"{"jti":""}"#, .empty(.jti)),
        ("iss ≤ 255 bytes", #"{"iss":"\#(String(repeating: "é", count: 128))"}"#, .tooLong(.iss)),
        ("sub ≤ 255 bytes", #"{"sub":"\#(String(repeating: "a", count: 256))"}"#, .tooLong(.sub)),
        ("jti ≤ 255 bytes", #"{"jti":"\#(String(repeating: "a", count: 256))"}"#, .tooLong(.jti)),
        ("no control characters", #"{"iss":"a\n"}"#, .controlCharacter(.iss)),
        ("no control characters", #"{"sub":"\u001b[2J"}"#, .controlCharacter(.sub)),
        ("no control characters", #"{"jti":"\u007f"}"#, .controlCharacter(.jti)),
        ("no control characters", #"{"jti":"\u0085"}"#, .controlCharacter(.jti)),
        ("RFC 7519 §4.1.3: aud", #"{"aud":1}"#, .wrongType(.aud)),
        ("RFC 7519 §4.1.3: aud", #"{"aud":null}"#, .wrongType(.aud)),
        ("RFC 7519 §4.1.3: aud", #"{"aud":{"a":"b"}}"#, .wrongType(.aud)),
        ("RFC 7519 §4.1.3: aud", #"{"aud":["a",1]}"#, .wrongType(.aud)),
        ("RFC 7519 §4.1.3: aud", #"{"aud":[["a"]]}"#, .wrongType(.aud)),
        ("RFC 7519 §4.1.3: aud", #"{"aud":[]}"#, .wrongType(.aud)),
        ("RFC 7519 §2: a number", #"{"exp":"1700000000"}"#, .wrongType(.exp)),
        ("RFC 7519 §2: a number", #"{"nbf":null}"#, .wrongType(.nbf)),
        ("RFC 7519 §2: a number", #"{"iat":true}"#, .wrongType(.iat)),
        ("a date from 1970 on", #"{"exp":-1}"#, .notADate(.exp)),
        ("a date to the year 9999", #"{"exp":253402300800}"#, .notADate(.exp)),
        ("no overflow", #"{"exp":1e400}"#, .notADate(.exp)),
        ("no overflow", #"{"nbf":1e-400}"#, .notADate(.nbf)),
        ("no overflow", #"{"iat":9223372036854775808}"#, .notADate(.iat)),
        ("no overflow", #"{"exp":123456789012345678901234567890}"#, .notADate(.exp)),
        ("NaN is not JSON", #"{"exp":NaN}"#, .payload(.malformed)),
    ]

    @Test(arguments: refused)
    func `claims that break a rule are refused`(rule: String, payload: String, expected: Claims.Fault) {
        #expect(fault(ofClaims: payload) == expected, "\(rule)")
    }

    @Test func `claims are read, and unknown ones kept`() throws {
        let claims = try Claims(
            Array(#"{"iss":"i","sub":"s","aud":"a","exp":2.5,"nbf":1,"iat":0,"jti":"é","scope":"x","n":[1]}"#.utf8)
        )
        #expect(claims.issuer == "i" && claims.subject == "s" && claims.tokenID == "é")
        #expect(claims.audiences == ["a"])
        #expect(claims.expiry == NumericDate("2.5") && claims.notBefore == NumericDate("1"))
        #expect(claims.issuedAt == NumericDate("0"))
        #expect(claims.members["scope"] == .string("x") && claims.members["n"] == .array([.number("1")]))
        let none = try Claims(Array("{}".utf8))
        #expect(none.issuer == nil && none.subject == nil && none.tokenID == nil && none.audiences == nil)
        #expect(none.expiry == nil && none.notBefore == nil && none.issuedAt == nil)
        #expect(fault(ofClaims: #"{"iss":"\#(String(repeating: "a", count: 255))","aud":["a","b"]}"#) == nil)
        #expect(fault(ofClaims: "{\"a\":[\(ones(126))]}") == nil)
    }

    @Test func `a claim that is needed is there or named`() throws {
        let claims = try Claims(Array(#"{"iss":"i"}"#.utf8))
        #expect(try claims.require(\.issuer, .iss) == "i")
        #expect(throws: Claims.Fault.missing(.exp)) { try claims.require(\.expiry, .exp) }
    }

    /// RFC 3986 §6.2.1: audiences are compared byte for byte.
    @Test(arguments: [
        (#""https://a""#, "https://a", true, true), (#"["https://a"]"#, "https://a", true, true),
        (#""https://a/""#, "https://a", false, false), (#""https://A""#, "https://a", false, false),
        (#"["https://a","https://b"]"#, "https://a", true, false), (#"["b","https://a"]"#, "https://a", true, false),
        (#"["https://a","https://a"]"#, "https://a", true, false), (#""https://a ""#, "https://a", false, false),
        (#""e\u0301""#, "é", false, false), (#""é""#, "é", true, true), (#""""#, "https://a", false, false),
    ])
    func `an audience is compared by its bytes`(aud: String, audience: String, isFor: Bool, isOnlyFor: Bool) throws {
        let claims = try Claims(Array(#"{"aud":\#(aud)}"#.utf8))
        #expect(claims.isFor(audience) == isFor)
        #expect(claims.isOnlyFor(audience) == isOnlyFor)
    }

    @Test func `claims without an audience are for none`() throws {
        let claims = try Claims(Array("{}".utf8))
        #expect(!claims.isFor("") && !claims.isOnlyFor(""))
    }

    /// RFC 7519 §4.1.4 to §4.1.6, FAPI 2.0 §5.3.2.1; now is 1000.
    static let times: [(claims: String, fault: Claims.Fault?)] = [
        ("{}", nil),
        (#"{"exp":1001}"#, nil),
        (#"{"exp":1000}"#, .expired),
        (#"{"exp":1000.999}"#, .expired),
        (#"{"exp":999}"#, .expired),
        (#"{"exp":0}"#, .expired),
        (#"{"nbf":1000,"iat":1000}"#, nil),
        (#"{"nbf":1010}"#, nil),
        (#"{"nbf":1010.001}"#, .notYet(.nbf)),
        (#"{"nbf":1011}"#, .notYet(.nbf)),
        (#"{"nbf":1060}"#, .notYet(.nbf)),
        (#"{"iat":1010}"#, nil),
        (#"{"iat":1010.5}"#, .notYet(.iat)),
        (#"{"iat":1060}"#, .notYet(.iat)),
        (#"{"iat":253402300799.5}"#, .notYet(.iat)),
        (#"{"exp":1001,"nbf":900,"iat":950}"#, nil),
    ]

    @Test(arguments: times)
    func `times are judged at the second`(payload: String, expected: Claims.Fault?) throws {
        let claims = try Claims(Array(payload.utf8))
        do throws(Claims.Fault) {
            try claims.check(at: 1000)
            #expect(expected == nil)
        } catch {
            #expect(error == expected)
        }
    }

    @Test func `no fault's sentence has anything of the claims`() {
        for payload in [#"{"iss":"MARK\n"}"#, #"{"aud":["MARK",1]}"#, #"{"MARK":1,"MARK":2}"#, #"{"exp":"MARK"}"#] {
            guard let fault = fault(ofClaims: payload) else {
                Issue.record("it is refused")
                continue
            }
            #expect(!"\(fault)".contains("MARK") && !String(reflecting: fault).contains("MARK"))
        }
    }
}
