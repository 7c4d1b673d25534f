/// Which kind of key is in PKCS #8 (RFC 5208 §5), which swift-crypto does not look at: it would read a key of secp256k1 as
/// one of P-256, and one of X25519 as one of Ed25519.
struct PKCS8 {
    /// Version 0 and the kind's AlgorithmIdentifier in DER, parameters included.
    private let start: [UInt8]

    /// The form of an algorithm's keys (RFC 5480 §2.1.1, RFC 8017 A.1, RFC 8410 §3).
    init(for algorithm: Algorithm) {
        let ecPublicKey: [UInt8] = [0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01]
        let identifier: [UInt8] =
            switch algorithm {
            case .es256: ecPublicKey + [0x06, 0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07]
            case .es384: ecPublicKey + [0x06, 0x05, 0x2B, 0x81, 0x04, 0x00, 0x22]
            case .edDSA, .ed25519: [0x06, 0x03, 0x2B, 0x65, 0x70]
            case .rs256, .rs384, .ps256, .ps384:
                [0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x01, 0x05, 0x00]
            }
        start = [0x02, 0x01, 0x00, 0x30, UInt8(identifier.count)] + identifier
    }

    /// Whether the DER of a key begins with this form, within a sequence that is all of it.
    func isForm(of der: [UInt8]) -> Bool {
        guard der.count >= 2, der[0] == 0x30 else { return false }
        // The long form of a length says first how many bytes it has.
        let lengthCount = der[1] < 0x80 ? 0 : Int(der[1] & 0x7F)
        let header = 2 + lengthCount
        guard lengthCount <= 2, der.count >= header else { return false }
        let length = lengthCount == 0 ? Int(der[1]) : der[2..<header].reduce(0) { $0 << 8 | Int($1) }
        return der.count == header + length && der[header...].starts(with: start)
    }
}
