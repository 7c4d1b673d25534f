import Crypto
import Encoding

/// How a secret is kept: the one place that knows the written form.
package enum SecretHash: Sendable, Hashable, CustomStringConvertible, CustomReflectable {
    /// The 32 bytes of SHA-256 of a generated secret, which has nothing to guess. Written `sha256:` and 64 hexadecimal digits.
    case sha256([UInt8])
    /// A `crypt(3)` string of a secret that a person chose: yescrypt's `$y$…`, or one that came from elsewhere.
    case crypt(String)

    /// The hash that a generated secret is kept as.
    package init(ofGenerated secret: ClientSecret) {
        self = .sha256(Array(SHA256.hash(data: Array(secret.exposedValue.utf8))))
    }

    /// Parses the written form.
    ///
    /// - Throws: if it is neither kind, is not whole, or would cost too much to compute.
    package init(_ text: String) throws(UnusableHash) {
        let prefix = "sha256:"
        if text.hasPrefix(prefix) {
            guard let digest = Hex.decode(text.utf8.dropFirst(prefix.utf8.count)), digest.count == SHA256.byteCount
            else { throw UnusableHash(reason: "is not sha256: and 64 hexadecimal digits") }
            self = .sha256(digest)
        } else {
            if let reason = CryptForm.problem(of: text) { throw UnusableHash(reason: reason) }
            self = .crypt(text)
        }
    }

    /// A short name for it, which tells nothing of the secret: 8 hexadecimal digits of the written form's SHA-256.
    package var shortID: String {
        Hex.encode(SHA256.hash(data: Array(written.utf8)).prefix(4))
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

/// Why a text is not a hash of a secret that can be stored.
package struct UnusableHash: Error, Equatable {
    /// The end of the sentence "it …"; it holds nothing of the text.
    package let reason: String

    /// Describes what is wrong.
    package init(reason: String) {
        self.reason = reason
    }
}
