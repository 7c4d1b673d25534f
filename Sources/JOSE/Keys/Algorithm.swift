/// A signature algorithm that is offered, by its name in `alg` (RFC 7518 §3.1, RFC 8037 §3.1, RFC 9864 §2.2).
///
/// No other is known: not `none`, nothing symmetric, and no curve or hash that no caller has asked for.
package enum Algorithm: String, Sendable, Hashable, CaseIterable {
    /// ECDSA over P-256 with SHA-256.
    case es256 = "ES256"
    /// ECDSA over P-384 with SHA-384.
    case es384 = "ES384"
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    case rs256 = "RS256"
    /// RSASSA-PKCS1-v1_5 with SHA-384.
    case rs384 = "RS384"
    /// RSASSA-PSS with SHA-256, and a salt of its length.
    case ps256 = "PS256"
    /// RSASSA-PSS with SHA-384, and a salt of its length.
    case ps384 = "PS384"
    /// EdDSA, here over Ed25519 alone, by its older name.
    case edDSA = "EdDSA"
    /// Ed25519, by the name that RFC 9864 gave it.
    case ed25519 = "Ed25519"

    /// Whether a key of these parameters can be used with it (RFC 8725 §3.1).
    package func fits(_ parameters: KeyParameters) -> Bool {
        switch (self, parameters) {
        case (.es256, .ec(.p256, _, _)), (.es384, .ec(.p384, _, _)), (.edDSA, .ed25519), (.ed25519, .ed25519): true
        case (.rs256, .rsa), (.rs384, .rsa), (.ps256, .rsa), (.ps384, .rsa): true
        default: false
        }
    }
}
