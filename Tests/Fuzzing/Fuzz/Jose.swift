import Encoding

@testable import JOSE

/// The key of RFC 8037 A.1, which signs the same bytes in the same way each time.
///
/// It is made for each input: Swift keeps it behind a pointer with a mark in it, which the sanitizer would take for a leak.
private func signingKey() -> PrivateKey {
    let pem = """
        -----BEGIN PRIVATE KEY-----
        MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g
        -----END PRIVATE KEY-----
        """
    guard let key = try? PrivateKey(pem: pem, for: .edDSA) else { fatalError("the key is one") }
    return key
}

/// The only tokens that the key has signed, as far as the inputs can know: RFC 8037 A.4 and one with claims.
private let signed: Set<String> = [
    "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc", signingInput(#"{"sub":"a","exp":1700000000.5}"#),
]

private func signingInput(_ payload: String) -> String {
    Base64.url.encode(Array(#"{"alg":"EdDSA"}"#.utf8)) + "." + Base64.url.encode(Array(payload.utf8))
}

/// The input as a token, a key set, claims, a date, a key in PEM, and as what a token is made of.
func jose(_ input: [UInt8]) {
    let text = String(decoding: input, as: UTF8.self)
    let key = signingKey()
    token(text, input, key.publicKey)
    keySet(input)
    claims(input)
    date(text, input)
    pem(text)
    made(of: input, by: key)
}

/// A token that is taken has one spelling, and is verified only if it was signed.
private func token(_ text: String, _ input: [UInt8], _ key: PublicKey) {
    guard let jws = try? CompactJWS(text) else { return }
    let parts = input.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    expect(parts.count == 3, "a token has three parts")
    expect(Base64.url.encode(jws.payload).utf8.elementsEqual(parts[1]), "a payload has one spelling")
    expect(Base64.url.encode(jws.signature).utf8.elementsEqual(parts[2]), "a signature has one spelling")
    expect(jws.signingInput.elementsEqual(input.dropLast(parts[2].count + 1)), "what is signed is what came")
    expect(!jws.signature.isEmpty && !jws.payload.isEmpty, "no part is empty")
    guard case .object(let header)? = Base64.url.decode(Array(parts[0]).span).flatMap({ try? JSONDocument($0) }) else {
        return expect(false, "a header is an object")
    }
    expect(header["alg"] == .string(jws.header.algorithm.rawValue), "alg is as the header says")
    for member in JWSHeader.RefusedMember.allCases {
        expect(header[member.rawValue] == nil, "a header has no \(member)")
    }
    if (try? jws.verify(by: key)) != nil {
        expect(signed.contains(String(decoding: jws.signingInput, as: UTF8.self)), "what is verified was signed")
    }
    claims(jws.payload)
}

/// A set that is taken has all its keys or says why not, and is the same when it is written and read again.
private func keySet(_ input: [UInt8]) {
    guard let set = try? JWKSet(input) else { return }
    expect(set.keys.count + set.skipped.count <= JWKSet.maximumCount, "a set is bounded")
    expect(!set.skipped.contains { $0.reason == .privateKey }, "a private key refuses its set")
    guard let again = try? JWKSet(Array(JWKSet(publishing: set.keys).text.utf8)) else {
        return expect(false, "a set that is written is read")
    }
    expect(again.keys == set.keys && again.skipped.isEmpty, "a set that is written is the same")
    for key in set.keys {
        expect(key.parameters.thumbprint.utf8.count == 43, "a key has a thumbprint")
        for algorithm in Algorithm.allCases where algorithm.fits(key.parameters) {
            guard let found = try? set.key(id: key.keyID, algorithm: algorithm) else { continue }
            expect(found == key || key.keyID != nil, "the one key without a name that fits is this one")
            expect(key.keyID.map { found.keyID?.hasSameBytes(as: $0) == true } ?? true, "a key is found by its name")
            expect(algorithm == found.algorithm ?? algorithm, "a key is found for its algorithm alone")
        }
    }
}

/// Claims that are taken are of their types and in their ranges.
private func claims(_ input: [UInt8]) {
    guard let claims = try? Claims(input) else { return }
    for name in [claims.issuer, claims.subject, claims.tokenID].compactMap(\.self) {
        expect((1...Claims.maximumLength).contains(name.utf8.count), "a name is of a length")
        expect(!name.utf8.contains { $0 < 0x20 || $0 == 0x7F }, "a name has no control character")
    }
    expect(claims.audiences?.isEmpty != true, "there is an audience if there is aud")
    if let expiry = claims.expiry {
        expect((try? claims.check(at: expiry.roundedDown)) == nil, "nothing is good when it has expired")
    }
    if let date = claims.notBefore {
        expect((try? claims.check(at: date.roundedDown - Claims.leeway - 1)) == nil, "nothing is good before its time")
    }
}

/// A date is what a floating-point number nearly is.
private func date(_ text: String, _ input: [UInt8]) {
    let date = NumericDate(text)
    let isNumber = input.first.map { (0x30...0x39).contains($0) } == true && JSONGrammar.depth(of: input) != nil
    guard isNumber, !input.contains(where: { [0x20, 0x09, 0x0A, 0x0D].contains($0) }) else {
        return expect(date == nil, "a date is a number without a sign")
    }
    guard let value = Double(text) else { return expect(false, "a number of JSON is a number") }
    if let date {
        expect(NumericDate.range.contains(date.roundedDown), "a date is in its range")
        expect(abs(value - Double(date.roundedDown)) <= 1.001, "a date is the number")
    } else {
        let exponent = text.lowercased().split(separator: "e").dropFirst().first ?? "0"
        let isModest = exponent.utf8.count <= 2
        expect(!isModest || value > Double(NumericDate.range.upperBound) - 1, "a number in the range is a date")
    }
}

/// A key that is read is the same when it is written and read again.
private func pem(_ text: String) {
    for algorithm in Algorithm.allCases {
        guard let key = try? PrivateKey(pem: text, for: algorithm) else { continue }
        let again = try? PrivateKey(pem: key.pem, for: algorithm)
        expect(again?.publicKey == key.publicKey, "a key that is written is the same")
    }
}

/// A token with the input as its payload is read and verified; with any bit turned, it is not.
private func made(of input: [UInt8], by key: PrivateKey) {
    guard input.count >= 3, input.count < 4000, let token = try? key.sign(input, type: "at+jwt") else { return }
    guard let jws = try? CompactJWS(token) else { return expect(false, "a token that is made is read") }
    expect(jws.payload == input && jws.header.isType("at+jwt"), "a token is what it was made of")
    expect((try? jws.verify(by: key.publicKey)) != nil, "a token that is made is verified")
    var bytes = Array(token.utf8)
    let bit = (Int(input[0]) << 8 | Int(input[1])) % (bytes.count * 7)
    bytes[bit / 7] ^= 1 << (bit % 7)
    let other = try? CompactJWS(String(decoding: bytes, as: UTF8.self))
    expect((try? other?.verify(by: key.publicKey)) == nil, "with any bit turned it is not verified")
}
