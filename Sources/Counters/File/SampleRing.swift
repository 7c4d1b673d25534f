import Linux

/// The ring of samples: the totals at the start of each slot of 10 seconds in which something was counted.
///
/// No process wakes up for it. The first worker that counts in a slot writes the totals before it does, so a slot without a
/// sample counted nothing.
enum SampleRing {
    /// Writes the sample of the current slot if it is missing.
    ///
    /// - Parameter now: seconds since 1970.
    static func sample(_ file: CounterFile, at now: Int64) throws(CountersFault) {
        let slot = now / CounterFormat.slotSeconds
        let lock = ByteRangeLock(CounterFormat.history, length: 1)
        // If the lock is taken, another worker is writing it.
        guard slot > 0, lock.take(file.descriptor.number) else { return }
        defer { lock.release(file.descriptor.number) }
        let page = CounterFormat.page(ofSlot: slot)
        guard try file.number(at: page) != UInt64(slot) else { return }
        try file.write(sum(file).page(ofSlot: slot), at: page)
    }

    /// The totals of all workers.
    static func sum(_ file: CounterFile) throws(CountersFault) -> Counts {
        var sum = Counts()
        for index in 0..<(try usedAreas(of: file)) {
            let page = try file.read(Int(CounterFormat.pageSize), at: CounterFormat.area(index))
            sum.add(Counts(page: page[...]))
        }
        return sum
    }

    /// How many areas have been used.
    static func usedAreas(of file: CounterFile) throws(CountersFault) -> Int {
        Int(min(UInt64(CounterFormat.areaCount), try file.number(at: CounterFormat.usedAreas)))
    }
}
