import Crypto

@testable import FileStore
@testable import GrantCore

/// The input as what stands in a window's file of slots.
///
/// The first byte says what is put right of it, as no input finds its way through a check value by itself: the header,
/// the slots' check values, the digest, the mark and the grant of the first, which our token is of.
func slots(_ input: [UInt8]) {
    guard let (options, rest) = parts(input) else { return }
    let grant = GrantRecord.content(of: StoreCase.grant)
    var slots = (options & 1 != 0 ? FileHeader.slots.bytes : []) + rest
    for start in stride(from: 64, through: slots.count - 64, by: 64) {
        if start == 64 {
            if options & 2 != 0 { slots.put(SHA256.hash(data: StoreCase.tokenBytes), at: start) }
            if options & 4 != 0 { slots.put(littleEndian: GrantRecord.fingerprint(of: grant), at: start + 48) }
            if options & 8 != 0 { slots.put(littleEndian: UInt32(1), at: start + 44) }
            if options & 16 != 0 { slots.put(StoreCase.liveMark, at: start + 60) }
            if options & 32 != 0 { slots.put(littleEndian: StoreCase.now.microseconds, at: start + 32) }
        }
        if options & 64 != 0 { slots.put(littleEndian: CRC32.checksum(slots[start..<start + 56]), at: start + 56) }
    }
    StoreCase(slots: slots, grants: FileHeader.grants.bytes + (GrantRecord.bytes(of: grant) ?? [])).hold()
}

/// The input as what stands in a window's file of grants; the first byte says what is put right of it, and which of its
/// cells our token's slot refers to, and whether as the grant that is there.
func grants(_ input: [UInt8]) {
    guard let (options, rest) = parts(input) else { return }
    var grants = (options & 1 != 0 ? FileHeader.grants.bytes : []) + rest
    let cell = UInt32(options >> 4)
    if options & 2 != 0 {
        for start in stride(from: 64, through: grants.count - 7, by: 64) {
            guard let count = GrantRecord.contentCount(grants[start...]), start + 6 + count <= grants.count else {
                continue
            }
            grants.put(littleEndian: CRC32.checksum(grants[start + 6..<start + 6 + count]), at: start + 2)
        }
    }
    let found = options & 4 == 0 ? GrantRecord.content(grants.dropFirst(Int(cell) * 64)) : nil
    let content = found ?? GrantRecord.content(of: StoreCase.grant)
    let slot = Slot(
        digest: Array(SHA256.hash(data: StoreCase.tokenBytes)),
        issuedAt: StoreCase.now,
        lifetime: 3600,
        grant: GrantReference(cell: cell, fingerprint: GrantRecord.fingerprint(of: content))
    )
    StoreCase(slots: FileHeader.slots.bytes + slot.bytes, grants: grants).hold()
}

private func parts(_ input: [UInt8]) -> (options: UInt8, rest: ArraySlice<UInt8>)? {
    input.first.map { ($0, input.dropFirst()) }
}

extension [UInt8] {
    fileprivate mutating func put(_ bytes: some Sequence<UInt8>, at offset: Int) {
        for (index, byte) in bytes.enumerated() { self[offset + index] = byte }
    }

    fileprivate mutating func put(littleEndian number: some FixedWidthInteger, at offset: Int) {
        var bytes: [UInt8] = []
        bytes.append(littleEndian: number)
        put(bytes, at: offset)
    }
}
