import Crypto

/// An access token in clear: 1 to 80 characters of `[A-Za-z0-9_-]`. It never prints itself.
package struct AccessToken: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The longest token, in characters.
    package static let maximumLength = 80

    /// The length of an issued token in characters: 48 bytes in base64url.
    package static let issuedLength = 64

    /// The token itself, for the answer that hands it out and for looking it up.
    package let exposedValue: String

    /// Takes a token as a caller sent it; nil if no token of ours looks like it.
    package init?(_ value: String) {
        let bytes = value.utf8.span
        guard 1 <= bytes.count, bytes.count <= Self.maximumLength else { return nil }
        let letters = Base64.url
        for index in bytes.indices where !letters.hasLetter(bytes[index]) { return nil }
        self.exposedValue = value
    }

    /// Writes a token's bytes, 60 at the most.
    package init(encoding bytes: [UInt8]) {
        precondition((1...60).contains(bytes.count), "a token is 2 to 80 characters")
        self.exposedValue = Base64.url.encode(bytes)
    }

    /// A name for it that opens nothing: the first 16 hexadecimal digits of its SHA-256.
    package var fingerprint: String {
        Hex.encode(SHA256.hash(data: Array(exposedValue.utf8)).prefix(8))
    }

    package var description: String { "<redacted>" }
    package var debugDescription: String { "<redacted>" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
