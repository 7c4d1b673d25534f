/// The buckets of a histogram of durations. Each counts what took at most its bound, and more than the one before.
package enum DurationBuckets {
    /// The upper bounds in seconds, as the label `le` has them; a last bucket has none.
    package static let bounds = [
        "0.0001", "0.00025", "0.0005", "0.001", "0.0025", "0.005", "0.01", "0.025", "0.05", "0.125", "0.25", "0.5",
        "1.0", "2.5", "5.0", "10.0",
    ]
    /// The same as numbers.
    package static let seconds = bounds.map { Double($0) ?? .infinity }
    /// The same in units.
    private static let units: [16 of UInt64] = [
        93132, 232831, 465661, 931323, 2_328_306, 4_656_613, 9_313_226, 23_283_064, 46_566_129, 116_415_322,
        232_830_644, 465_661_287, 931_322_575, 2_328_306_437, 4_656_612_873, 9_313_225_746,
    ]
    /// Units in a second: one is 2^30 attoseconds, a little more than a nanosecond, to which a duration is cut by a shift.
    package static let unitsInSecond = 1e18 / Double(1 << 30)
    /// Buckets, the one without a bound included.
    package static let count = 17

    /// A duration in units; zero for one that is negative.
    static func units(of duration: Duration) -> UInt64 {
        UInt64(truncatingIfNeeded: max(0, duration.attoseconds >> 30))
    }

    /// The bucket of a duration in units.
    static func index(of duration: UInt64) -> Int {
        // Most are among the first, so they are looked at one by one.
        var index = 0
        while index < 16, duration > units[index] { index += 1 }
        return index
    }
}
