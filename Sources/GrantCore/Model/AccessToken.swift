import Crypto
import Encoding

/// An access token in clear. It never prints itself.
///
/// An opaque one is 1 to 80 characters of `[A-Za-z0-9_-]`. A signed one is a JWT (RFC 9068) of at most 4096 characters, whose
/// claims begin with `jti`: that is the handle by which a store finds its record. The record has the digest of the whole
/// JWT, so nothing else of it needs to be read to know it.
package struct AccessToken: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The longest opaque token, in characters.
    package static let longestOpaque = 80

    /// The longest signed token, in characters.
    package static let longestSigned = 4096

    /// The length of an issued opaque token, and of the handle in a signed one, in characters: 48 bytes in base64url.
    package static let issuedLength = 64

    /// The token itself, for the answer that hands it out and for looking it up.
    package let exposedValue: String
    /// By which a store finds it: an opaque token itself, or the `jti` of a signed one, which alone opens nothing.
    package let handle: String

    /// Whether it is a signed one.
    package var isSigned: Bool { exposedValue.utf8.count > Self.longestOpaque }

    /// Takes a token as a caller sent it; nil if no token of ours looks like it.
    package init?(_ value: String) {
        let bytes = value.utf8.span
        guard 1 <= bytes.count, bytes.count <= Self.longestSigned else { return nil }
        if bytes.count <= Self.longestOpaque {
            guard Base64.url.hasOnlyLetters(bytes) else { return nil }
            handle = value
        } else {
            guard let handle = Self.handle(inSigned: bytes) else { return nil }
            self.handle = handle
        }
        exposedValue = value
    }

    /// How the claims of a signed token begin. With the handle behind it, it is 72 bytes, which are the first 96 characters of
    /// the token's second part.
    package static let claimsBeginning = #"{"jti":""#

    /// The handle in a signed token's claims; nil if they do not begin with one. Whatever else is wrong with the token, its
    /// digest shows.
    private static func handle(inSigned bytes: Span<UInt8>) -> String? {
        var start = 0
        while start < bytes.count, bytes[start] != UInt8(ascii: ".") { start += 1 }
        start += 1
        let (opening, letters) = (claimsBeginning.utf8.count, (claimsBeginning.utf8.count + issuedLength) / 3 * 4)
        guard start + letters < bytes.count, let text = Base64.url.decode(bytes.extracting(start..<start + letters)),
            text.starts(with: claimsBeginning.utf8)
        else { return nil }
        let handle = Array(text[opening...])
        return Base64.url.hasOnlyLetters(handle.span) ? String(decoding: handle, as: UTF8.self) : nil
    }

    /// Writes a token's bytes, 60 at the most.
    package init(encoding bytes: [UInt8]) {
        precondition((1...60).contains(bytes.count), "a token is 2 to 80 characters")
        self.exposedValue = Base64.url.encode(bytes)
        self.handle = exposedValue
    }

    /// A name for it that opens nothing: the first 16 hexadecimal digits of its SHA-256.
    package var fingerprint: String {
        Hex.encode(SHA256.hash(data: Array(exposedValue.utf8)).prefix(8))
    }

    package var description: String { "<redacted>" }
    package var debugDescription: String { "<redacted>" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
