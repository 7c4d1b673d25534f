import Counters
import GrantCore

/// Reads a state directory's counters again and again, and makes rates of them.
///
/// The history of an hour is read when a slot of 10 seconds begins; between, only what the workers count.
struct CounterSampler {
    private let directory: String
    private var previous: (reading: CounterReading, instant: ContinuousClock.Instant)?
    private var history: History?

    /// What is kept of the history.
    fileprivate struct History {
        /// The slot in which it was read.
        let slot: Int64
        /// When the file was made that it is of.
        let since: Int64
        /// What had been counted when the last minute began, and when that was.
        let minuteBase: Counts
        let minuteBegin: Double
        let hour: CounterSample.Hour
    }

    /// A sampler of a state directory, given by its path.
    init(of directory: String) {
        self.directory = directory
    }

    /// Forgets the last sample, so that the next has no rates of an interval.
    mutating func forget() {
        previous = nil
    }

    /// Takes a sample. After a failure it starts over.
    mutating func take(at now: Timestamp, _ instant: ContinuousClock.Instant) -> Result<CounterSample, CountersFault> {
        do throws(CountersFault) {
            return .success(try sample(at: now, instant))
        } catch {
            forget()
            history = nil
            return .failure(error)
        }
    }

    private mutating func sample(
        at now: Timestamp,
        _ instant: ContinuousClock.Instant
    ) throws(CountersFault) -> CounterSample {
        let slot = now.seconds / CounterHistory.step
        let isDue = history?.slot != slot
        var reading = try CounterReading(in: directory, withHistory: isDue)
        if let since = history?.since, since != reading.since {
            // Another file has taken the place of the one before.
            forget()
            if !isDue { reading = try CounterReading(in: directory, withHistory: true) }
            history = nil
        }
        let kept = isDue ? nil : history
        let history = kept ?? History(reading, slot: slot, at: now)
        self.history = history
        let sample = CounterSample(
            reading: reading,
            time: now.seconds,
            interval: previous.map { previous in
                CounterSample.Span(
                    counts: reading.total.since(previous.reading.total),
                    seconds: max(0.001, previous.instant.duration(to: instant) / .seconds(1))
                )
            },
            minute: CounterSample.Span(
                counts: reading.total.since(history.minuteBase),
                seconds: max(1, Double(now.microseconds) / 1e6 - history.minuteBegin)
            ),
            hour: history.hour,
            previous: previous?.reading
        )
        previous = (reading, instant)
        return sample
    }
}

extension CounterSampler.History {
    fileprivate init(_ reading: CounterReading, slot: Int64, at now: Timestamp) {
        let history = CounterHistory(reading, at: now.seconds)
        let minute = history.last(60)
        self.init(
            slot: slot,
            since: reading.since,
            minuteBase: reading.total.since(minute.counts),
            minuteBegin: Double(now.seconds - minute.seconds),
            hour: CounterSample.Hour(history.hour)
        )
    }
}

/// The counters at a moment, beside what they were before.
struct CounterSample {
    let reading: CounterReading
    /// Seconds since 1970.
    let time: Int64
    /// Since the sample before; nil if there is none, or another file was there.
    let interval: Span?
    /// About the last minute.
    let minute: Span
    let hour: Hour
    /// The reading before.
    let previous: CounterReading?

    /// What was counted in some time.
    struct Span {
        let counts: Counts
        let seconds: Double

        /// How often something happened, a second.
        func rate(_ count: (Counts) -> UInt64) -> Double { Double(count(counts)) / seconds }
    }

    /// Rates of the last hour, a second, by slots of 10 seconds; nil before counting began.
    struct Hour {
        let tokens: [Double?]
        let checks: [Double?]

        fileprivate init(_ slots: [(begin: Int64, counts: Counts?)]) {
            let rate = { (count: UInt64) in Double(count) / Double(CounterHistory.step) }
            tokens = slots.map { $0.counts.map { rate($0.tokensIssued) } }
            checks = slots.map { $0.counts.map { rate($0.checks(.allowed) &+ $0.checksDenied) } }
        }
    }
}
