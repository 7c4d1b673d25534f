import Linux

/// Takes samples of a file's counts: one at the beginning of each slot of 10 seconds in which something is counted.
///
/// No process wakes for it. The first that counts in a slot writes, before it does, what all have counted until then. So a
/// slot without a sample is one in which nothing was counted.
enum History {
    /// Sees to it that the slot of a moment has a sample.
    ///
    /// - Parameter now: seconds since 1970.
    static func sample(_ file: CounterFile, at now: Int64) throws(CountersFault) {
        let slot = now / CounterFormat.slotSeconds
        let lock = FileRange(CounterFormat.history, length: 1)
        // Another process is at it.
        guard slot > 0, lock.lock(file.descriptor.number) else { return }
        defer { lock.unlock(file.descriptor.number) }
        let page = CounterFormat.page(ofSlot: slot)
        guard try file.number(at: page) != UInt64(slot) else { return }
        try file.write(sum(file).page(ofSlot: slot), at: page)
    }

    /// What all workers have counted.
    static func sum(_ file: CounterFile) throws(CountersFault) -> Counts {
        var sum = Counts()
        for index in 0..<(try usedAreas(of: file)) {
            let page = try file.read(Int(CounterFormat.pageSize), at: CounterFormat.area(index))
            sum.add(Counts(page: page[...]))
        }
        return sum
    }

    /// How many areas were ever used.
    static func usedAreas(of file: CounterFile) throws(CountersFault) -> Int {
        Int(min(UInt64(CounterFormat.areaCount), try file.number(at: CounterFormat.usedAreas)))
    }
}
