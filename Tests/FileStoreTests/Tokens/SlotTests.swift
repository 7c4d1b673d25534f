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

    @Test
    func `it is read as it was written`() {
        #expect(Self.slot.bytes.count == Slot.size)
        #expect(Slot(Self.slot.bytes[...]) == Self.slot)
    }

    @Test(arguments: 0..<Slot.markOffset)
    func `any changed byte but the mark's is found`(_ offset: Int) {
        for bit in 0..<8 {
            var bytes = Self.slot.bytes
            bytes[offset] ^= 1 << bit
            #expect(Slot(bytes[...]) == nil)
        }
    }

    @Test(arguments: Slot.markOffset..<Slot.size)
    func `any changed byte of the mark reads as revoked`(_ offset: Int) {
        for bit in 0..<8 {
            var bytes = Self.slot.bytes
            bytes[offset] ^= 1 << bit
            #expect(Slot(bytes[...])?.isLive == false)
        }
    }

    @Test
    func `a short, an empty and a zeroed one are none`() {
        #expect(Slot([]) == nil)
        #expect(Slot(Self.slot.bytes.prefix(63)) == nil)
        #expect(Slot([UInt8](repeating: 0, count: 64)[...]) == nil)
        #expect(Slot([UInt8](repeating: 0xFF, count: 64)[...]) == nil)
    }

    @Test
    func `the check value is that of zlib`() {
        #expect(CRC32.checksum(Array("123456789".utf8)[...]) == 0xCBF4_3926)
        #expect(CRC32.checksum([]) == 0)
    }
}
