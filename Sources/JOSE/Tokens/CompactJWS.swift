import Encoding

/// A JWS in the compact serialization (RFC 7515 §7.1), read and not yet verified.
package struct CompactJWS: Sendable {
    /// How long a token may be by default, in bytes: enough for an assertion.
    package static let maximumLength = 8192

    /// What it says of itself.
    package let header: JWSHeader
    /// What it carries. Believe none of it before ``verify(by:)`` has returned.
    package let payload: [UInt8]
    /// The signature's bytes.
    package let signature: [UInt8]

    private let text: [UInt8]
    private let signingInputLength: Int

    /// The parts of a token.
    package enum Part: String, Sendable {
        case header, payload, signature
    }

    /// Why a text is not taken for a JWS. No case holds any of it.
    package enum Fault: Error, Equatable {
        /// It is longer than its caller allows.
        case tooLong
        /// It does not have exactly two dots: JWE, JSON, or something else.
        case notThreeParts
        /// A part is empty: no signature, or a payload that is elsewhere.
        case emptyPart(Part)
        /// A part is not base64url in its one spelling.
        case notBase64URL(Part)
        /// The header is not one JSON object.
        case header(StrictObject.Fault)
        /// The header has a member that is never understood here.
        case refusedMember(JWSHeader.RefusedMember)
        /// A member of the header is not a string.
        case notAString(JWSHeader.Member)
        /// There is no `alg`.
        case noAlgorithm
        /// `alg` is not one of those that are offered, `none` among others.
        case algorithmNotOffered
    }

    /// Reads a token. Its length and its dots are looked at before any of it is decoded, and its header before its payload.
    package init(_ token: String, maximumLength: Int = CompactJWS.maximumLength) throws(Fault) {
        guard token.utf8.count <= maximumLength else { throw .tooLong }
        let text = Array(token.utf8)
        guard let (first, second) = Self.dots(of: text) else { throw .notThreeParts }
        let header = try Self.decode(text, 0..<first, .header)
        // Not even the spelling of the rest is looked at if the header refuses it.
        guard first + 1 < second else { throw .emptyPart(.payload) }
        guard second + 1 < text.count else { throw .emptyPart(.signature) }
        self.header = try JWSHeader(header)
        self.payload = try Self.decode(text, (first + 1)..<second, .payload)
        self.signature = try Self.decode(text, (second + 1)..<text.count, .signature)
        self.text = text
        self.signingInputLength = second
    }

    /// Where the two dots stand; nil if there are more or fewer. It stops at the third.
    private static func dots(of text: [UInt8]) -> (Int, Int)? {
        guard let first = text.firstIndex(of: UInt8(ascii: ".")),
            let second = text[(first + 1)...].firstIndex(of: UInt8(ascii: ".")),
            !text[(second + 1)...].contains(UInt8(ascii: "."))
        else { return nil }
        return (first, second)
    }

    private static func decode(_ text: [UInt8], _ range: Range<Int>, _ part: Part) throws(Fault) -> [UInt8] {
        guard !range.isEmpty else { throw .emptyPart(part) }
        guard let bytes = Base64.url.decode(text.span.extracting(range)) else { throw .notBase64URL(part) }
        return bytes
    }

    /// What is signed: the bytes before the second dot, as they were received (RFC 7515 §5.2).
    package var signingInput: ArraySlice<UInt8> { text[..<signingInputLength] }

    /// Makes sure that the signature is this key's, by the algorithm of the key.
    package func verify(by key: PublicKey) throws(PublicKey.VerificationFault) {
        try key.verify(signature, over: signingInput, by: header.algorithm)
    }
}

extension JWKSet {
    /// The one key that a token names by its `kid` and `alg`.
    package func key(for header: JWSHeader) throws(LookupFault) -> PublicKey {
        try key(id: header.keyID, algorithm: header.algorithm)
    }
}

extension CompactJWS.Fault: CustomStringConvertible {
    /// What is wrong, in a sentence.
    package var description: String {
        switch self {
        case .tooLong: "the token is too long"
        case .notThreeParts: "the token does not have three parts"
        case .emptyPart(let part): "the token's \(part.rawValue) is empty"
        case .notBase64URL(let part): "the token's \(part.rawValue) is not base64url without padding"
        case .header(let fault): "the token's header \(fault)"
        case .refusedMember(let member): "the token's header has \(member.rawValue)"
        case .notAString(let member): "the token's \(member.rawValue) is not a string"
        case .noAlgorithm: "the token has no alg"
        case .algorithmNotOffered: "the token's alg is not offered"
        }
    }
}
