import Crypto

/// How a secret is kept: the one place that knows the written form.
package enum SecretHash: Sendable, Equatable, CustomStringConvertible, CustomReflectable {
    /// The 32 bytes of SHA-256 of a generated secret, which has nothing to guess. Written `sha256:` and 64 hexadecimal digits.
    case sha256([UInt8])
    /// A `crypt(3)` string of a secret that a person chose, such as yescrypt's `$y$…`.
    case crypt(String)

    /// The hash that a generated secret is kept as.
    package init(ofGenerated secret: ClientSecret) {
        self = .sha256(Array(SHA256.hash(data: Array(secret.exposedValue.utf8))))
    }

    /// Parses the written form; nil where it is neither kind.
    package init?(_ text: String) {
        let prefix = "sha256:"
        if text.hasPrefix(prefix) {
            guard let digest = Hex.decode(text.utf8.dropFirst(prefix.utf8.count)), digest.count == SHA256.byteCount
            else {
                return nil
            }
            self = .sha256(digest)
        } else if text.hasPrefix("$"), text.utf8.count <= 384, text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) {
            self = .crypt(text)
        } else {
            return nil
        }
    }

    /// The form in which it is written to a client's file.
    package var written: String {
        switch self {
        case .sha256(let digest): "sha256:" + Hex.encode(digest)
        case .crypt(let text): text
        }
    }

    /// The kind of hash, and nothing of its value.
    package var description: String {
        switch self {
        case .sha256: "sha256"
        case .crypt: "crypt"
        }
    }

    package var customMirror: Mirror { Mirror(self, children: []) }
}
