import JOSE
import Testing

/// RFC 7519 §2, read exactly.
struct NumericDateTests {
    @Test(
        arguments: [
            ("0", 0, false), ("1", 1, false), ("1700000000", 1_700_000_000, false),
            ("1700000000.0", 1_700_000_000, false),
            ("1700000000.5", 1_700_000_000, true), ("1700000000.000000000000000000000001", 1_700_000_000, true),
            ("1700000000.999999999999999999999999", 1_700_000_000, true), ("1.7e9", 1_700_000_000, false),
            ("1.7E+9", 1_700_000_000, false), ("17e8", 1_700_000_000, false), ("17000000001e-1", 1_700_000_000, true),
            ("17000000000e-1", 1_700_000_000, false), ("1.70000000012e9", 1_700_000_000, true), ("0e99", 0, false),
            ("0.0e+00", 0, false), ("0.5", 0, true), ("5e-1", 0, true), ("1e-99", 0, true), ("0.00e-99", 0, false),
            ("1e0", 1, false), ("1e00000000000000000000000000001", 10, false), ("253402300799", 253_402_300_799, false),
            ("253402300799.999999999", 253_402_300_799, true), ("2534023007995e-1", 253_402_300_799, true),
            ("0.1e1", 1, false), ("0.01e1", 0, true), ("9007199254740993e-5", 90_071_992_547, true),
        ] as [(String, Int64, Bool)]
    )
    func `a number is read exactly`(text: String, seconds: Int64, hasFraction: Bool) {
        let date = NumericDate(text)
        #expect(date?.roundedDown == seconds)
        #expect(date?.hasFraction == hasFraction)
        #expect(date?.roundedUp == seconds + (hasFraction ? 1 : 0))
    }

    @Test(arguments: [
        "-1", "-0", "-0.0", "-1e-99", "253402300800", "253402300800.0", "2534023008e2", "1e400", "1e-400", "0e400",
        "1e99999999999999999999999", "1e-99999999999999999999999", "1e100", "1e-100", "9223372036854775807",
        "9223372036854775808", "18446744073709551616", "123456789012345678901234567890",
        "100000000000000000000000000000e-25e1", "NaN", "Infinity", "inf", "nan", "", " ", "1 ", " 1", "+1", "01", "00",
        "1.", ".1", "1e", "1e+", "1e-", "1e+-1", "e1", "1.e1", "0x10", "1_000", "1,5", "١", "1\u{0}", "1e1.0", "--1",
    ])
    func `any other is refused, without overflow`(text: String) {
        #expect(NumericDate(text) == nil)
    }

    @Test func `long numbers cost no more than their length`() {
        let zeros = String(repeating: "0", count: 1_000_000)
        let nines = String(repeating: "9", count: 1_000_000)
        #expect(NumericDate("1\(zeros)") == nil)
        #expect(NumericDate(nines) == nil)
        #expect(NumericDate("1.\(nines)")?.roundedUp == 2)
        #expect(NumericDate("1.\(zeros)")?.hasFraction == false)
        #expect(NumericDate("1.\(zeros)1")?.hasFraction == true)
        #expect(NumericDate("1e\(nines)") == nil)
        #expect(NumericDate("1e\(zeros)1")?.roundedDown == 10)
    }
}
