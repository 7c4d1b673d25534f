/// What the 32 bytes of an Ed25519 key must not be, which BoringSSL does not ask for.
enum Ed25519Point {
    /// The length of a key in bytes.
    static let length = 32

    /// Fails if the bytes are a point of small order, under which one signature can fit every message, or encode a
    /// coordinate that is not below 2^255 − 19, as RFC 8032 §5.1.3 forbids.
    static func check(_ bytes: [UInt8]) throws(JWKFault) {
        guard bytes.count == length else { throw .wrongLength(.x) }
        // The top bit is the sign of the other coordinate. Both signs of a point of small order are of small order.
        let coordinate = bytes.dropLast() + [bytes[length - 1] & 0x7F]
        guard coordinate.reversed().lexicographicallyPrecedes(prime.reversed()) else { throw .nonCanonicalPoint }
        guard !smallOrder.contains(Array(coordinate)) else { throw .smallOrderPoint }
    }

    /// 2^255 − 19, the lowest byte first.
    private static let prime: [UInt8] = [0xED] + [UInt8](repeating: 0xFF, count: 30) + [0x7F]

    /// The coordinates y of the eight points whose order divides 8: of order 4, 1, 2, and 8 twice.
    private static let smallOrder: [[UInt8]] = [
        [UInt8](repeating: 0, count: 32),
        [1] + [UInt8](repeating: 0, count: 31),
        [0xEC] + [UInt8](repeating: 0xFF, count: 30) + [0x7F],
        [
            0x26, 0xE8, 0x95, 0x8F, 0xC2, 0xB2, 0x27, 0xB0, 0x45, 0xC3, 0xF4, 0x89, 0xF2, 0xEF, 0x98, 0xF0,
            0xD5, 0xDF, 0xAC, 0x05, 0xD3, 0xC6, 0x33, 0x39, 0xB1, 0x38, 0x02, 0x88, 0x6D, 0x53, 0xFC, 0x05,
        ],
        [
            0xC7, 0x17, 0x6A, 0x70, 0x3D, 0x4D, 0xD8, 0x4F, 0xBA, 0x3C, 0x0B, 0x76, 0x0D, 0x10, 0x67, 0x0F,
            0x2A, 0x20, 0x53, 0xFA, 0x2C, 0x39, 0xCC, 0xC6, 0x4E, 0xC7, 0xFD, 0x77, 0x92, 0xAC, 0x03, 0x7A,
        ],
    ]
}
