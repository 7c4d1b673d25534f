import Encoding

@testable import GrantCore

/// The input as an Authorization header, and as the credentials inside one.
func basic(_ input: [UInt8]) {
    header(String(decoding: input, as: UTF8.self))
    header("bAsIc  " + Base64.standard.encode(input))
    encodedPair(input)
}

/// What is taken is strict base64, of the one text that its bytes are written as.
private func header(_ header: String) {
    let scheme = header.utf8.prefix { $0 != 0x20 }.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
    let isBasic = scheme.elementsEqual("basic".utf8)
    let parsed: Few<Credentials>?
    do {
        parsed = try BasicCredentials.parse(authorization: header)
    } catch {
        return expect(isBasic, "another scheme is no error")
    }
    guard let parsed else { return expect(!isBasic, "Basic is known") }
    let encoded = header.utf8.drop { $0 != 0x20 }.drop { $0 == 0x20 }
    guard let bytes = Base64.standard.decode(encoded.span) else { return expect(false, "what is taken is base64") }
    expect(Base64.standard.encode(bytes).utf8.elementsEqual(encoded), "one text for each run of bytes")
    for credentials in parsed {
        expect(ClientID(credentials.id.value) != nil, "an id that a client can have")
        expect(ClientSecret(credentials.secret.exposedValue) != nil, "a secret that a client can have")
    }
    if let raw = parsed.last, parsed.count == 2 || !bytes.contains(where: { $0 == 0x25 || $0 == 0x2B }) {
        let pair = "\(raw.id):\(raw.secret.exposedValue)"
        expect(pair.utf8.elementsEqual(bytes), "the last reading is the bytes as they are")
        expect(!raw.id.value.utf8.contains(0x3A), "the first colon splits")
    }
}

/// An id and a secret that are form-encoded, as RFC 6749 §2.3.1 wants it, are the first reading.
private func encodedPair(_ input: [UInt8]) {
    let parts = input.split(separator: 0, maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, let id = String(validating: parts[0], as: UTF8.self),
        let secret = String(validating: parts[1], as: UTF8.self), let sent = Credentials(id: id, secret: secret)
    else { return }
    let pair = formEncoded(parts[0]) + ":" + formEncoded(parts[1])
    let header = "Basic " + Base64.standard.encode(Array(pair.utf8))
    let first = (try? BasicCredentials.parse(authorization: header))?.first
    expect(first?.id == sent.id, "an encoded id is read")
    expect(first?.secret.exposedValue.utf8.elementsEqual(secret.utf8) == true, "an encoded secret is read")
}

/// Form encoding (RFC 6749 appendix B) of every byte that is no letter or digit.
func formEncoded(_ bytes: some Sequence<UInt8>) -> String {
    bytes.map { byte in
        switch byte {
        case 0x20: "+"
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: String(UnicodeScalar(byte))
        default: "%" + Hex.encode([byte])
        }
    }.joined()
}
