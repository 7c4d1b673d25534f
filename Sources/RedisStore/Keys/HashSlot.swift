/// Which of a Cluster's 16,384 slots a key is in (CRC-16/XMODEM of the part in braces, Cluster specification).
enum HashSlot {
    static let count = 16384

    /// The slot of a tag or of a key without braces.
    static func of(_ text: some Sequence<UInt8>) -> UInt16 {
        var crc: UInt16 = 0
        for byte in text {
            crc ^= UInt16(byte) << 8
            for _ in 0..<8 { crc = crc & 0x8000 == 0 ? crc << 1 : crc << 1 ^ 0x1021 }
        }
        return crc % UInt16(count)
    }
}
