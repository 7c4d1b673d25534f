import GrantCore

/// A counted thing as 48 bytes, numbers with their least byte first:
///
///     0   the tag: 8 bytes of a keyed hash, for which no collision can be found
///     8   the count, 4 bytes
///     12  the CRC-32 of all the rest, 4 bytes
///     16  until when it leads, in microseconds since 1970
///     24  when it is forgotten, likewise
///     32  whose failures it counts: 16 bytes, see `FailureOwner`
///
/// A slot that was torn, or never written, is an empty one.
struct FailureSlot: Equatable {
    /// Bytes in a file.
    static let size = 48
    private static let checksumOffset = 12

    /// Whose it is.
    let tag: UInt64
    /// What is counted.
    let record: FailureRecord
    /// Whose failures they are.
    let owner: FailureOwner

    /// A slot for a record.
    init(tag: UInt64, record: FailureRecord, owner: FailureOwner) {
        self.tag = tag
        self.record = record
        self.owner = owner
    }

    /// The tag that a slot's bytes begin with, whatever else they are; nil if they are too few.
    static func tag(in bytes: ArraySlice<UInt8>) -> UInt64? {
        bytes.count == size ? bytes.littleEndian(at: 0, as: UInt64.self) : nil
    }

    /// Reads a slot; nil if there is none.
    init?(bytes: ArraySlice<UInt8>) {
        guard let tag = Self.tag(in: bytes) else { return nil }
        let checksum = CRC32.checksum(bytes.prefix(Self.checksumOffset), bytes.dropFirst(Self.checksumOffset + 4))
        guard checksum == bytes.littleEndian(at: Self.checksumOffset, as: UInt32.self) else { return nil }
        self.tag = tag
        record = FailureRecord(
            count: bytes.littleEndian(at: 8, as: UInt32.self),
            until: Timestamp(microseconds: bytes.littleEndian(at: 16, as: Int64.self)),
            forgottenAt: Timestamp(microseconds: bytes.littleEndian(at: 24, as: Int64.self))
        )
        owner = FailureOwner(bytes: Array(bytes.suffix(FailureOwner.size)))
    }

    /// The slot as it is written.
    var bytes: [UInt8] {
        var start: [UInt8] = []
        start.append(littleEndian: tag)
        start.append(littleEndian: record.count)
        var end: [UInt8] = []
        end.append(littleEndian: record.until.microseconds)
        end.append(littleEndian: record.forgottenAt.microseconds)
        end += owner.bytes
        let checksum = CRC32.checksum(start[...], end[...])
        start.append(littleEndian: checksum)
        return start + end
    }
}
