import GrantCore

/// What a file of used assertions holds of one of them, in 32 bytes:
///
///     0   a mark
///     1   the first 26 bytes of its name's digest
///     27  CRC-32 of all before, its least byte first
///     31  the mark again
///
/// The marks stand at both ends, so that what a crash left of a write is told from what has decayed: a write that was cut
/// short has zeros at one end, and was never answered.
enum AssertionSlot {
    /// Bytes in a file.
    static let size = 32

    private static let mark: UInt8 = 0xA5
    private static let checksumOffset = 27

    /// What stands in a slot.
    enum Content {
        /// Zeros: no assertion was ever noted there.
        case empty
        /// A use that a crash cut short, before it was answered.
        case torn
        /// A use that is on record.
        case whole
        /// Anything else. It may have been a use that is on record.
        case damaged
    }

    /// A slot as it is written.
    static func bytes(of name: AssertionName) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(size)
        bytes.append(mark)
        bytes += name.digest.prefix(checksumOffset - 1)
        bytes.append(littleEndian: CRC32.checksum(bytes[...]))
        bytes.append(mark)
        return bytes
    }

    /// Tells what stands in the 32 bytes of a slot.
    static func content(of bytes: ArraySlice<UInt8>) -> Content {
        guard let first = bytes.first, let last = bytes.last, first != 0, last != 0 else {
            return bytes.allSatisfy { $0 == 0 } ? .empty : .torn
        }
        let checksum = CRC32.checksum(bytes.prefix(checksumOffset))
        let isWhole = bytes.littleEndian(at: checksumOffset, as: UInt32.self) == checksum
        return first == mark && last == mark && isWhole ? .whole : .damaged
    }
}
