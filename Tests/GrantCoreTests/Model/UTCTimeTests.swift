import GrantCore
import Testing

struct UTCTimeTests {
    @Test(arguments: [
        (0, "1970-01-01T00:00:00.000000Z"), (1, "1970-01-01T00:00:00.000001Z"),
        (1_709_251_199_999_999, "2024-02-29T23:59:59.999999Z"), (1_800_000_000_050_000, "2027-01-15T08:00:00.050000Z"),
    ])
    func `microseconds have six digits`(microseconds: Int64, text: String) {
        #expect(UTCTime(Timestamp(microseconds: microseconds)).description == text)
    }
}
