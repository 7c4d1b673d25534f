import Encoding
import JOSE
import Testing

/// Vectors that others have published. Only rows for algorithms that are not offered are skipped, and they are counted.
@Suite(.enabled(if: Vectors.areThere, Comment(rawValue: Vectors.comment)))
struct VectorTests {
    private func verify(_ token: String, by key: PublicKey) throws -> CompactJWS {
        let jws = try CompactJWS(token)
        try jws.verify(by: key)
        return jws
    }

    private func jwkFault(_ document: JSONDocument) -> JWKFault? {
        do throws(JWKFault) {
            _ = try PublicKey(jwk: document)
            return nil
        } catch {
            return error
        }
    }

    // MARK: RFC 7515

    @Test(arguments: ["A.2", "A.3"])
    func `RFC 7515 A.2 and A.3 are verified`(name: String) throws {
        let document = try Vectors.document("rfc7515/rfc7515_\(name).jwk")
        #expect(jwkFault(document) == .privateKey)
        let jws = try verify(
            try Vectors.text("rfc7515/rfc7515_\(name).jwsc"),
            by: PublicKey(jwk: document.publicHalf)
        )
        let claims = try Claims(jws.payload)
        #expect(claims.issuer == "joe" && claims.expiry == NumericDate("1300819380"))
        #expect(throws: Claims.Fault.expired) { try claims.check(at: 1_300_819_380) }
        try claims.check(at: 1_300_819_379)
    }

    @Test func `RFC 7515 A.1 and A.4 have algorithms that are not offered, A.5 none`() throws {
        for name in ["A.1", "A.4"] {
            #expect(fault(of: try Vectors.text("rfc7515/rfc7515_\(name).jwsc")) == .algorithmNotOffered)
        }
        #expect(jwkFault(try Vectors.document("rfc7515/rfc7515_A.1.jwk")) == .sharedSecret)
        #expect(jwkFault(try Vectors.document("rfc7515/rfc7515_A.4.jwk")) == .privateKey)
        #expect(jwkFault(try Vectors.document("rfc7515/rfc7515_A.4.jwk").publicHalf) == .unknownCurve)
        #expect(fault(of: try Vectors.text("rfc7515/rfc7515_A.5.jwsc")) == .emptyPart(.signature))
    }

    @Test func `RFC 7515 A.6 and A.7 are JSON`() throws {
        for name in ["A.6.jwsg", "A.7.jwsf"] {
            #expect(fault(of: try Vectors.text("rfc7515/rfc7515_\(name)")) == .notThreeParts)
        }
        #expect(fault(ofSet: try Vectors.text("rfc7515/rfc7515_A.6.jwkset")) == .privateKey(number: 1))
        // The signatures of A.6 are those of A.2 and A.3, and hold in the compact form.
        let json = try Vectors.document("rfc7515/rfc7515_A.6.jwsg")
        let keys = try Vectors.document("rfc7515/rfc7515_A.6.jwkset")["keys"].elements
        for (signature, key) in zip(json["signatures"].elements, keys) {
            let parts = [signature["protected"], json["payload"], signature["signature"]].compactMap(\.text)
            _ = try verify(parts.joined(separator: "."), by: PublicKey(jwk: key.publicHalf))
        }
    }

    // MARK: RFC 7517

    @Test func `RFC 7517 A.1 has one key for signatures`() throws {
        let set = try JWKSet(Vectors.bytes("rfc7517/rfc7517_A.1.jwkset"))
        #expect(set.keys.map(\.keyID) == ["2011-04-29"] && set.keys.map(\.algorithm) == [.rs256])
        #expect(set.skipped.map(\.reason) == [.notForSignatures])
    }

    @Test func `RFC 7517 A.2 and A.3 are private, B is public`() throws {
        #expect(fault(ofSet: try Vectors.text("rfc7517/rfc7517_A.2.jwkset")) == .privateKey(number: 1))
        #expect(fault(ofSet: try Vectors.text("rfc7517/rfc7517_A.3.jwkset")) == .sharedSecretsOnly)
        #expect(try PublicKey(jwk: Vectors.document("rfc7517/rfc7517_B.jwk")).keyID == "1b94c")
    }

    // MARK: RFC 7520

    @Test func `RFC 7520 3 has one public key that is offered`() throws {
        let faults: KeyValuePairs<String, JWKFault?> = [
            "3_1.ec_public_key": .unknownCurve, "3_2.ec_private_key": .privateKey, "3_3.rsa_public_key": nil,
            "3_4.rsa_private_key": .privateKey, "3_5.symmetric_key_mac_computation": .sharedSecret,
        ]
        for (name, expected) in faults {
            #expect(jwkFault(try Vectors.document("rfc7520/\(name).json")) == expected, "\(name)")
        }
    }

    @Test func `of RFC 7520 4 two are verified, two not offered, and four are JSON`() throws {
        var judged: [String: Int] = [:]
        for name in try Vectors.names(in: "rfc7520") where name.contains("4_") && !name.contains("rsa_private") {
            let document = try Vectors.document(name)
            let output = document["output"]
            for form in ["json", "json_flat"] where output[form] != .null {
                #expect(fault(of: output[form].json) != nil)
            }
            if name.contains("must-reject") {
                // 4.5 has a compact form, with its payload elsewhere.
                if let compact = output["compact"].text { #expect(fault(of: compact) != nil) }
                judged["refused", default: 0] += 1
                continue
            }
            let compact = try #require(output["compact"].text)
            switch document["input"]["alg"].text {
            case "RS256":
                let key = try PublicKey(jwk: document["input"]["key"].publicHalf)
                let jws = try verify(compact, by: key)
                #expect(String(decoding: jws.payload, as: UTF8.self) == document["input"]["payload"].text)
                judged["verified", default: 0] += 1
            case "PS384":
                let key = try PublicKey(jwk: document["input"]["key"].publicHalf)
                #expect(try verify(compact, by: key).header.keyID == "bilbo.baggins@hobbiton.example")
                judged["verified", default: 0] += 1
            default:
                #expect(fault(of: compact) == .algorithmNotOffered)
                judged["not offered", default: 0] += 1
            }
        }
        #expect(judged == ["verified": 2, "not offered": 2, "refused": 4])
    }

    // MARK: RFC 7638, 7797, 8037, 9449

    @Test func `the thumbprints are those of RFC 7638, RFC 9449 and panva's jose`() throws {
        let rows = try Vectors.document("rfc7638/thumbprints.json")["thumbprints"].elements
        for row in rows {
            #expect(try PublicKey(jwk: row["jwk"]).parameters.thumbprint == row["sha256"].text)
        }
        #expect(rows.count == 4)
    }

    @Test func `RFC 7797 is refused in every form`() throws {
        var forms = 0
        for name in try Vectors.names(in: "rfc7797-must-reject") {
            let document = try Vectors.document(name)
            for form in ["compact", "json", "json_flat"] where document["output"][form] != .null {
                let value = document["output"][form]
                #expect(fault(of: value.text ?? value.json) != nil)
                forms += 1
            }
            // By an algorithm that is offered it is no better.
            let header = document["signing"]["protected"].json.replacing("HS256", with: "ES256")
            #expect(header.contains("b64"))
            #expect(fault(of: token(header: header)) == .refusedMember(.crit))
            let uncritical = header.replacing(#""crit":["b64"]"#, with: #""x":1"#)
            #expect(fault(of: token(header: uncritical)) == .refusedMember(.b64))
        }
        #expect(forms == 5)
    }

    @Test func `RFC 8037 is verified`() throws {
        let document = try Vectors.document("rfc8037/jws.json")
        #expect(jwkFault(document["input"]["key"]) == .privateKey)
        let key = try PublicKey(jwk: document["input"]["key"].publicHalf)
        let jws = try verify(try #require(document["output"]["compact"].text), by: key)
        #expect(String(decoding: jws.payload, as: UTF8.self) == document["input"]["payload"].text)
        // Ed25519 is deterministic: the same signature comes of the seed.
        #expect(jws.signature == decoded(try #require(document["signing"]["sig"].text)))
    }

    @Test func `the proofs of RFC 9449 bring their key, and are good under it`() throws {
        for row in try Vectors.document("rfc9449/examples.json")["jwts"].elements {
            let text = try #require(row["jwt"].text)
            guard row["header"]["jwk"] != .null else {
                #expect(fault(of: text) == nil)
                continue
            }
            #expect(fault(of: text) == .refusedMember(.jwk))
            let parts = text.split(separator: ".").map(String.init)
            let key = try PublicKey(jwk: row["header"]["jwk"])
            try key.verify(decoded(parts[2]), over: Array("\(parts[0]).\(parts[1])".utf8)[...], by: .es256)
        }
    }

    // MARK: SMART

    @Test func `the worked example of SMART is verified, and has expired`() throws {
        let set = try JWKSet(Vectors.bytes("smart/RS384.public.json"))
        #expect(fault(ofSet: try Vectors.text("smart/RS384.private.json")) == .privateKey(number: 2))
        #expect(try JWKSet(Vectors.bytes("smart/ES384.public.json")).keys.map(\.algorithm) == [.es384])
        let jws = try CompactJWS(Vectors.text("smart/worked_example.jwt"))
        try jws.verify(by: set.key(for: jws.header))
        #expect(jws.header.isType("JWT"))
        let claims = try Claims(jws.payload)
        #expect(claims.isOnlyFor("https://authorize.smarthealthit.org/token"))
        #expect(claims.issuer == "https://bili-monitor.example.com" && claims.issuer == claims.subject)
        #expect(claims.tokenID == "random-non-reusable-jwt-id-123")
        try claims.check(at: 1_422_568_859)
        #expect(throws: Claims.Fault.expired) { try claims.check(at: 1_422_568_860) }
    }

    // MARK: Wycheproof

    @Test(arguments: [
        ("ecdsa_secp256r1_sha256_p1363_test", Algorithm.es256, 262, 173), ("ed25519_test", .edDSA, 151, 88),
    ])
    func `Wycheproof's signatures are judged as it says`(
        name: String,
        algorithm: Algorithm,
        count: Int,
        validCount: Int
    ) throws {
        var (judged, valid) = (0, 0)
        for group in try Vectors.document("wycheproof/\(name).json")["testGroups"].elements {
            let parameters = try parameters(of: group["publicKey"], for: algorithm)
            let key = try PublicKey(parameters, algorithm: algorithm)
            if group["publicKeyJwk"] != .null {
                #expect(try PublicKey(jwk: group["publicKeyJwk"]).parameters == parameters)
            }
            for test in group["tests"].elements {
                let message = try #require(test["msg"].text.flatMap { Hex.decode($0.utf8) })
                let signature = try #require(test["sig"].text.flatMap { Hex.decode($0.utf8) })
                let isValid = (try? key.verify(signature, over: message[...], by: algorithm)) != nil
                #expect(isValid == (test["result"].text == "valid"), "\(test["tcId"])")
                (judged, valid) = (judged + 1, valid + (isValid ? 1 : 0))
            }
        }
        #expect((judged, valid) == (count, validCount))
    }

    private func parameters(of key: JSONDocument, for algorithm: Algorithm) throws -> KeyParameters {
        if algorithm == .edDSA {
            return .ed25519(x: try #require(key["pk"].text.flatMap { Hex.decode($0.utf8) }))
        }
        let point = try #require(key["uncompressed"].text.flatMap { Hex.decode($0.utf8) })
        return .ec(.p256, x: Array(point[1..<33]), y: Array(point[33...]))
    }
}
