package import Crypto

extension SHA256 {
    /// The digest of a text's bytes, which are not copied.
    package static func hash(of text: String) -> SHA256Digest {
        var hasher = SHA256()
        // Sound: the pointer is used within the call.
        unsafe text.utf8.span.withUnsafeBytes { unsafe hasher.update(bufferPointer: $0) }
        return hasher.finalize()
    }
}

extension SHA256Digest {
    /// Whether these are its bytes, compared in constant time.
    package func isEqual(to bytes: [UInt8]) -> Bool {
        guard bytes.count == Self.byteCount else { return false }
        return unsafe withUnsafeBytes { own in
            var difference: UInt8 = 0
            // Sound: the index is within the digest's 32 bytes.
            for index in 0..<Self.byteCount { difference |= unsafe own[index] ^ bytes[index] }
            return difference == 0
        }
    }
}
