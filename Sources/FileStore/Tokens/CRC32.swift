/// The cyclic redundancy check of Ethernet and zlib (ISO 3309, polynomial 0x04C11DB7 reflected): finds torn and decayed
/// records, and does not protect against a writer.
package enum CRC32 {
    private static let table: [UInt32] = (0..<256).map { byte in
        (0..<8).reduce(UInt32(byte)) { value, _ in value & 1 == 1 ? value >> 1 ^ 0xEDB8_8320 : value >> 1 }
    }

    /// The check value of some bytes, and of more that follow them.
    package static func checksum(_ bytes: ArraySlice<UInt8>, _ more: ArraySlice<UInt8> = []) -> UInt32 {
        let table = table
        var value = UInt32.max
        for byte in bytes { value = table[Int(UInt8(truncatingIfNeeded: value) ^ byte)] ^ value >> 8 }
        for byte in more { value = table[Int(UInt8(truncatingIfNeeded: value) ^ byte)] ^ value >> 8 }
        return ~value
    }
}
