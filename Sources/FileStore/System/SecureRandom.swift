import Glibc

/// The system's source of randomness.
package enum SecureRandom {
    /// So many unpredictable bytes, 256 at the most, in one call (`getentropy(3)`).
    package static func bytes(_ count: Int) -> [UInt8] {
        unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            // It fails only for more than 256 bytes, or where the kernel has no getrandom(2).
            guard let start = buffer.baseAddress, unsafe getentropy(start, count) == 0 else {
                fatalError("getentropy failed: there is no source of randomness")
            }
            filled = count
        }
    }
}
