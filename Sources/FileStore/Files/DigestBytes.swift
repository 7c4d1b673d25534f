import Crypto

extension SHA256Digest {
    /// Its 32 bytes, copied at once and not one by one.
    var bytes: [UInt8] { unsafe withUnsafeBytes { unsafe Array($0) } }
}

extension HashedAuthenticationCode<SHA256> {
    /// Its 32 bytes, copied at once and not one by one.
    var bytes: [UInt8] { unsafe withUnsafeBytes { unsafe Array($0) } }
}
