import Crypto
import GrantCore

/// What a token file holds of one token, in 64 bytes, numbers in little-endian order:
///
///     0   SHA-256 of the token
///     32  microseconds since 1970 at which it was issued
///     40  seconds that it lives
///     44  the cell of its grant in the window's file of grants
///     48  the first 8 bytes of the SHA-256 of that grant
///     56  CRC-32 of all before
///     60  the live mark
///
/// The grant's own digest is here so that a slot whose grant was lost in a power cut can never come to mean another one.
/// The mark stands apart, so that a revocation is one write of four bytes that lie in one sector; anything but the live
/// mark reads as revoked.
struct Slot: Equatable {
    /// Bytes in a file.
    static let size = 64
    /// Where the mark stands.
    static let markOffset = 60
    /// What a revocation writes there.
    static let revokedMark: [UInt8] = [0, 0, 0, 0]

    private static let liveMark: UInt32 = 0x4576_694C

    /// SHA-256 of the token.
    var digest: [UInt8]
    /// When it was issued.
    var issuedAt: Timestamp
    /// Seconds that it lives.
    var lifetime: UInt32
    /// What it grants.
    var grant: GrantReference
    /// Whether it has not been revoked.
    var isLive = true

    /// When it expires.
    var expiresAt: Timestamp { issuedAt.adding(seconds: Int64(lifetime)) }

    /// The slot as it is written.
    var bytes: [UInt8] {
        unsafe digest.withUnsafeBytes {
            unsafe Self.bytes(of: $0, issuedAt: issuedAt, lifetime: lifetime, grant: grant, isLive: isLive)
        }
    }

    /// A slot of these parts as it is written.
    ///
    /// - Parameter digest: 32 bytes, which are copied.
    static func bytes(
        of digest: UnsafeRawBufferPointer,
        issuedAt: Timestamp,
        lifetime: UInt32,
        grant: GrantReference,
        isLive: Bool = true
    ) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Self.size)
        unsafe bytes += digest
        bytes.append(littleEndian: issuedAt.microseconds)
        bytes.append(littleEndian: lifetime)
        bytes.append(littleEndian: grant.cell)
        bytes.append(littleEndian: grant.fingerprint)
        bytes.append(littleEndian: CRC32.checksum(bytes[...]))
        bytes.append(littleEndian: isLive ? Self.liveMark : 0)
        return bytes
    }
}

extension Slot {
    /// Whether anything was ever written there: a slot that a process took and did not fill is all zeros.
    static func isWritten(_ bytes: ArraySlice<UInt8>) -> Bool { bytes.contains { $0 != 0 } }

    /// A slot as it was read; nil if it is short, torn or never written.
    init?(_ bytes: ArraySlice<UInt8>) {
        guard bytes.count == Self.size else { return nil }
        let start = bytes.startIndex
        let content = bytes[start..<start + 56]
        guard bytes.littleEndian(at: 56, as: UInt32.self) == CRC32.checksum(content) else { return nil }
        digest = Array(content.prefix(SHA256.byteCount))
        issuedAt = Timestamp(microseconds: bytes.littleEndian(at: 32, as: Int64.self))
        lifetime = bytes.littleEndian(at: 40, as: UInt32.self)
        grant = GrantReference(
            cell: bytes.littleEndian(at: 44, as: UInt32.self),
            fingerprint: bytes.littleEndian(at: 48, as: UInt64.self)
        )
        isLive = bytes.littleEndian(at: Self.markOffset, as: UInt32.self) == Self.liveMark
    }
}

/// Where a grant is kept, and a digest to know it by.
struct GrantReference: Equatable {
    /// The cell of the window's file of grants at which its record starts.
    var cell: UInt32
    /// The first 8 bytes of SHA-256 of the record's content.
    var fingerprint: UInt64
}
