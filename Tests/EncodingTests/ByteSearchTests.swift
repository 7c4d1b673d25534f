import Encoding
import Testing

/// Looking for a byte, many together.
struct ByteSearchTests {
    @Test(arguments: [UInt8(0), 1, 0x26, 0x7F, 0x80, 0x81, 0xFE, 0xFF])
    func `the first place of a byte is found at every distance`(byte: UInt8) {
        for other in [byte ^ 0x80, byte ^ 1] {
            for count in 0...131 {
                let none = [UInt8](repeating: other, count: count)
                #expect(none.span.firstIndex(of: byte) == nil)
                #expect(none.span.firstIndex(of: byte, or: byte ^ 2) == nil)
                #expect(none.span.firstIndex(of: byte, or: other) == (count == 0 ? nil : 0))
                for place in 0..<count {
                    var bytes = none
                    bytes[place] = byte
                    bytes[count - 1] = byte
                    #expect(bytes.span.firstIndex(of: byte) == place)
                    #expect(bytes.span.firstIndex(of: byte ^ 2, or: byte) == place)
                }
            }
        }
    }

    @Test(arguments: [UInt8(1), 2, 0x20, 0x7F, 0x80])
    func `a byte below a limit is seen wherever it stands`(limit: UInt8) {
        for other in [limit, max(limit, 0x7F), 0x80, 0xFF] {
            for count in 0...100 {
                let none = [UInt8](repeating: other, count: count)
                #expect(none.span.hasByte(below: limit) == false)
                for place in 0..<count {
                    for byte in [0, limit - 1] {
                        var bytes = none
                        bytes[place] = byte
                        #expect(bytes.span.hasByte(below: limit) == true)
                    }
                }
            }
        }
    }
}
