import Encoding
import Testing

struct HexTests {
    @Test func `every byte is two digits in lower case`() {
        for byte in UInt8.min...UInt8.max {
            let digits = (byte < 16 ? "0" : "") + String(byte, radix: 16)
            #expect(Hex.encode([byte]) == digits)
            #expect(Hex.decode(Array(digits.utf8)) == [byte])
            #expect(Hex.decode(Array(digits.uppercased().utf8)) == [byte])
        }
    }

    @Test func `no bytes are no digits`() {
        #expect(Hex.encode([]).isEmpty)
        #expect(Hex.decode([]) == [])
    }

    @Test(arguments: ["0", "000", "0x", "g0", "0g", " 0", "+1", "-1", "/0", ":0", "@0", "G0", "`0", "ü"])
    func `an odd number of digits and what is no digit are refused`(text: String) {
        #expect(Hex.decode(Array(text.utf8)) == nil)
    }
}
