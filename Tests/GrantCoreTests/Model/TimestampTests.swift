import GrantCore
import Testing

struct TimestampTests {
    @Test(
        arguments: [
            (0, 0), (1, 0), (999_999, 0), (1_000_000, 1), (1_999_999, 1),
            (-1, -1), (-1_000_000, -1), (-1_000_001, -2),
            (Int64.max, 9_223_372_036_854), (Int64.min, -9_223_372_036_855),
        ] as [(Int64, Int64)]
    )
    func `seconds are rounded down`(microseconds: Int64, seconds: Int64) {
        #expect(Timestamp(microseconds: microseconds).seconds == seconds)
    }

    @Test func `moments within one second are in order`() {
        let first = Timestamp(microseconds: 1_000_001)
        let second = Timestamp(microseconds: 1_000_002)
        #expect(first < second)
        #expect(!(second < first))
        #expect(!(first < first))
        #expect(first.seconds == second.seconds)
    }

    @Test func `seconds are added`() {
        #expect(Timestamp(seconds: 10).adding(seconds: 5) == Timestamp(microseconds: 15_000_000))
        #expect(Timestamp(microseconds: 7).adding(seconds: -1) == Timestamp(microseconds: -999_993))
    }

    @Test(arguments: [Int64.max, Int64.max / 1_000_000 + 1])
    func `a moment too far away to count is the last one, not a crash`(seconds: Int64) {
        #expect(Timestamp(seconds: seconds) == Timestamp(microseconds: .max))
        #expect(Timestamp(seconds: -seconds) == Timestamp(microseconds: .min))
        #expect(Timestamp(seconds: 1).adding(seconds: seconds) == Timestamp(microseconds: .max))
        #expect(Timestamp(microseconds: .max).adding(seconds: 1) == Timestamp(microseconds: .max))
        #expect(Timestamp(microseconds: .min).adding(seconds: -1) == Timestamp(microseconds: .min))
    }
}
