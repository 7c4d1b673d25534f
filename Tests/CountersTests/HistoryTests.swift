import Testing

@testable import Counters

@Suite("The history of counts")
struct HistoryTests {
    let folder: StateFolder
    let counters: WorkerCounters
    let begin: Int64

    init() throws {
        folder = try StateFolder()
        counters = folder.counters().0
        begin = try folder.reading().since
    }

    /// Takes the sample of a slot, so many after the one in which counting began.
    private func sample(_ slot: Int64) throws {
        try SampleRing.sample(CounterFile(in: folder.path), at: begin + slot * CounterFormat.slotSeconds)
    }

    private func issue(_ count: Int) {
        for _ in 0..<count { counters.issued(to: "") }
    }

    /// The history at a time that is so many slots after the one in which counting began.
    private func history(_ slot: Int64) throws -> CounterHistory {
        try CounterHistory(folder.reading(withHistory: true), at: begin + slot * CounterFormat.slotSeconds)
    }

    /// The tokens of the last slots that are over.
    private func tokens(_ slot: Int64, last count: Int) throws -> [UInt64?] {
        try history(slot).hour.suffix(count).map { $0.counts?.tokensIssued }
    }

    @Test("What was counted after a sample, and before the next, belongs to the sample's slot")
    func slots() throws {
        issue(1)
        try sample(1)
        issue(2)
        try sample(2)
        issue(4)
        try sample(5)
        issue(8)
        #expect(try tokens(5, last: 6) == [nil, 1, 2, 4, 0, 0])
        #expect(try tokens(7, last: 3) == [0, 8, 0])
        #expect(try tokens(300, last: 300).compactMap(\.self).reduce(0, +) == 15)
        #expect(try tokens(1, last: 3) == [nil, nil, 1])
    }

    @Test("A slot is sampled once, by whoever is first")
    func once() throws {
        try sample(1)
        issue(3)
        try sample(1)
        try sample(2)
        #expect(try tokens(3, last: 2) == [3, 0])
    }

    @Test("After more than an hour the oldest are forgotten, and the total stays")
    func ring() throws {
        for slot in 1...(CounterFormat.slotCount + 40) {
            try sample(slot)
            issue(1)
        }
        let now = CounterFormat.slotCount + 41
        #expect(try tokens(now, last: 360) == [UInt64?](repeating: 1, count: 360))
        #expect(try folder.reading().total.tokensIssued == UInt64(CounterFormat.slotCount) + 40)
        #expect(try history(now).last(3600).counts.tokensIssued == 359)
    }

    @Test("The last minute reaches to the beginning of a slot, and no further than counting")
    func last() throws {
        issue(5)
        #expect(try history(0).last(60).counts.tokensIssued == 5)
        for slot: Int64 in 1...20 {
            try sample(slot)
            issue(1)
        }
        let (counts, seconds) = try history(20).last(60)
        #expect(counts.tokensIssued == 6)
        #expect((50...60).contains(seconds))
        #expect(try history(20).last(3600).counts.tokensIssued == 25)
        #expect(try history(20).last(3600).seconds == 200)
        #expect(try history(400).last(60).counts.tokensIssued == 0, "an hour without a request")
    }

    @Test("Samples of times to come are passed over: the clock was set back")
    func clock() throws {
        issue(1)
        try sample(50)
        issue(1)
        try sample(3)
        issue(1)
        #expect(try tokens(4, last: 1) == [1])
    }

    @Test("A quantile is interpolated within its bucket, as Prometheus does")
    func quantiles() {
        var buckets = [UInt64](repeating: 0, count: DurationBuckets.count)
        #expect(DurationHistogram(buckets: buckets, units: 0).quantile(0.5) == nil)
        buckets[3] = 10
        buckets[9] = 10
        let histogram = DurationHistogram(buckets: buckets, units: 0)
        #expect(histogram.quantile(0.25) == 0.00075)
        #expect(histogram.quantile(0.5) == 0.001)
        #expect(abs((histogram.quantile(0.75) ?? 0) - 0.0875) < 1e-9)
        buckets[DurationBuckets.count - 1] = 1000
        #expect(DurationHistogram(buckets: buckets, units: 0).quantile(0.99) == 10)
    }
}
