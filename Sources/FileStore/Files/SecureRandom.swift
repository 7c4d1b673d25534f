import Glibc

/// The system's source of randomness.
package enum SecureRandom {
    /// The most that one call gives, in bytes.
    static let limit = 256

    /// Returns unpredictable bytes, at most 256 of them, from one call (`getentropy(3)`).
    package static func bytes(_ count: Int) -> [UInt8] {
        unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            // It fails only for more than 256 bytes, or if the kernel has no getrandom(2).
            guard let start = buffer.baseAddress, unsafe getentropy(start, count) == 0 else {
                fatalError("getentropy failed: there is no source of randomness")
            }
            filled = count
        }
    }

    /// Unpredictable bytes for many small needs, fetched as many at once as one call gives; each is handed out once.
    ///
    /// Not to be used on both sides of a `fork(2)`.
    package static func supply() -> (Int) -> [UInt8] {
        var left: ArraySlice<UInt8> = []
        return { count in
            if left.count < count { left = bytes(max(count, limit))[...] }
            defer { left.removeFirst(count) }
            var bytes: [UInt8] = []
            // Most become a token, which has half as many again.
            bytes.reserveCapacity(count + count / 2)
            bytes += left.prefix(count)
            return bytes
        }
    }
}
