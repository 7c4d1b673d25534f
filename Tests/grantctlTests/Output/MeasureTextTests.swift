import Monitoring
import Testing

@testable import grantctl

@Suite struct MeasureTextTests {
    @Test(arguments: [
        (0.0, "0"), (0.004, "<0.01"), (0.01, "0.01"), (0.5, "0.50"), (7.056, "7.06"), (9.994, "9.99"), (9.996, "10.0"),
        (42.44, "42.4"), (99.94, "99.9"), (99.96, "100"), (1203.6, "1,204"), (.infinity, "-"), (.nan, "-"),
    ])
    func `A rate has about three digits`(rate: Double, text: String) {
        #expect(MeasureText.rate(rate) == text)
    }

    @Test func `What is not known is a dash`() {
        #expect(MeasureText.rate(nil) == "-" && MeasureText.milliseconds(nil) == "-")
    }

    @Test(arguments: [(0.000_06, "0.06"), (0.0024, "2.40"), (0.1, "100"), (2.5, "2,500")])
    func `A time is in milliseconds`(seconds: Double, text: String) {
        #expect(MeasureText.milliseconds(seconds) == text)
    }

    @Test(
        arguments: [
            (-5, "0 s"), (0, "0 s"), (59, "59 s"), (60, "1 min"), (260, "4 min 20 s"), (3600, "1 h"),
            (3661, "1 h 1 min"),
            (90_000, "1 d 1 h"), (86_460, "1 d"), (.max, "106,751,991,167,300 d 15 h"),
        ] as [(Int64, String)]
    )
    func `A length has its two largest units`(seconds: Int64, text: String) {
        #expect(Figures.shortLength(seconds) == text)
    }

    @Test(
        arguments: [
            (0, "0"), (999, "999"), (1000, "1,000"), (.max, "18,446,744,073,709,551,615"),
        ] as [(UInt64, String)]
    )
    func `Large numbers have commas`(number: UInt64, text: String) {
        #expect(Figures.grouped(number) == text)
    }
}
