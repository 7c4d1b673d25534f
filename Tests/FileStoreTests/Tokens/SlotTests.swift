import GrantCore
import Testing

@testable import FileStore

@Suite("A slot is 64 bytes that say all of one token, or nothing")
struct SlotTests {
    static let slot = Slot(
        digest: Array(0..<32),
        issuedAt: Timestamp(microseconds: 1_800_000_000_123_456),
        lifetime: 3600,
        grant: GrantReference(cell: 7, fingerprint: 0x0123_4567_89AB_CDEF)
    )

    @Test("it is read as it was written")
    func roundTrip() {
        #expect(Self.slot.bytes.count == Slot.size)
        #expect(Slot(Self.slot.bytes[...]) == Self.slot)
    }

    @Test("any changed byte but the mark's is found", arguments: 0..<Slot.markOffset)
    func damage(_ offset: Int) {
        for bit in 0..<8 {
            var bytes = Self.slot.bytes
            bytes[offset] ^= 1 << bit
            #expect(Slot(bytes[...]) == nil)
        }
    }

    @Test("any changed byte of the mark reads as revoked", arguments: Slot.markOffset..<Slot.size)
    func mark(_ offset: Int) {
        for bit in 0..<8 {
            var bytes = Self.slot.bytes
            bytes[offset] ^= 1 << bit
            #expect(Slot(bytes[...])?.isLive == false)
        }
    }

    @Test("a short, an empty and a zeroed one are none")
    func absence() {
        #expect(Slot([]) == nil)
        #expect(Slot(Self.slot.bytes.prefix(63)) == nil)
        #expect(Slot([UInt8](repeating: 0, count: 64)[...]) == nil)
        #expect(Slot([UInt8](repeating: 0xFF, count: 64)[...]) == nil)
    }

    @Test("the check value is that of zlib")
    func checksum() {
        #expect(CRC32.checksum(Array("123456789".utf8)[...]) == 0xCBF4_3926)
        #expect(CRC32.checksum([]) == 0)
    }
}
