/// Counts over the last hour, by slots of 10 seconds.
package struct CounterHistory: Sendable {
    /// A slot's length in seconds.
    package static let step = CounterFormat.slotSeconds
    /// Slots of an hour.
    package static let count = 3600 / Int(CounterFormat.slotSeconds)

    private let samples: [Int64: Counts]
    private let slots: [Int64]
    private let total: Counts
    private let since: Int64
    private let now: Int64

    /// The history that a reading holds.
    ///
    /// - Parameter now: seconds since 1970.
    package init(_ reading: CounterReading, at now: Int64) {
        let current = now / CounterFormat.slotSeconds
        // After the clock was set back there may be samples from the future.
        samples = reading.samples.filter { $0.key <= current }
        slots = samples.keys.sorted()
        total = reading.total
        since = reading.since
        self.now = now
    }

    /// What was counted in the last seconds, rounded to the start of a slot.
    ///
    /// - Returns: the counts, and how many seconds they cover.
    package func last(_ seconds: Int64) -> (counts: Counts, seconds: Int64) {
        let slot = (now - seconds) / Self.step + 1
        let begin = max(slot * Self.step, min(since, now))
        return (total.since(counts(atBeginningOf: slot)), max(1, now - begin))
    }

    /// The completed slots of the last hour, oldest first: the start of each and what was counted in it, nil for slots
    /// before counting began.
    package var hour: [(begin: Int64, counts: Counts?)] {
        let current = now / Self.step
        return (current - Int64(Self.count)..<current).map { slot in
            let begin = slot * Self.step
            guard begin + Self.step > since else { return (begin, nil) }
            // A slot without a sample counted nothing: the first event of a slot takes its sample.
            guard samples[slot] != nil || begin < since else { return (begin, Counts()) }
            return (begin, counts(atBeginningOf: slot + 1).since(counts(atBeginningOf: slot)))
        }
    }

    /// The totals when a slot began: those of the first sample at or after it, or the current ones if there is none,
    /// since nothing was counted after that.
    private func counts(atBeginningOf slot: Int64) -> Counts {
        guard slot * Self.step >= since else { return Counts() }
        var (low, high) = (0, slots.count)
        while low < high {
            let middle = (low + high) / 2
            if slots[middle] < slot { low = middle + 1 } else { high = middle }
        }
        return low < slots.count ? samples[slots[low]] ?? total : total
    }
}
