import Linux

/// A worker's area in the file, which only that worker writes: counts, gauges and lock-outs.
struct WorkerArea: ~Copyable {
    /// The first page: counts by ``CounterLayout``; the second: by ``AreaFormat``.
    let numbers: SharedMemory
    /// Its index in the file; nil if it is in private memory.
    let index: Int?
    private static let secondPage = CounterLayout.pageCount

    /// An area in private memory, for a worker that cannot use the file.
    init() {
        numbers = SharedMemory(ownCount: 2 * CounterLayout.pageCount)
        index = nil
    }

    /// Claims a free area for as long as the file is open. Counts of its previous owner remain.
    ///
    /// - Parameters:
    ///   - process: this process's id.
    ///   - now: seconds since 1970.
    ///   - patience: how long to wait for the file's lock.
    init(in file: CounterFile, process: Int32, at now: Int64, patience: Duration) throws(CountersFault) {
        let index = try file.whileLocked(patience: patience) { () throws(CountersFault) in
            let free = (0..<CounterFormat.areaCount).first { index in
                ByteRangeLock(CounterFormat.area(index), length: 1).take(file.descriptor.number)
            }
            guard let free else { throw .full }
            let used = max(UInt64(free) + 1, try file.number(at: CounterFormat.usedAreas))
            try file.write(used, at: CounterFormat.usedAreas)
            // Allocates the pages on disk now, since a write to the mapping cannot report a full disk.
            let page = try file.read(Int(CounterFormat.areaSize), at: CounterFormat.area(free))
            try file.write(page, at: CounterFormat.area(free))
            return free
        }
        do throws(SystemCallFailure) {
            numbers = try SharedMemory(
                file.descriptor.number,
                at: CounterFormat.area(index),
                count: 2 * CounterLayout.pageCount
            )
        } catch {
            throw .call(error.call, error.errno)
        }
        self.index = index
        begin(process: process, at: now)
    }

    private func begin(process: Int32, at now: Int64) {
        var requests: UInt64 = 0
        for index in CounterLayout.requests..<CounterLayout.durations { requests &+= numbers[index] }
        for index in Self.secondPage..<2 * CounterLayout.pageCount where numbers[index] != 0 { numbers[index] = 0 }
        set(UInt64(UInt32(bitPattern: process)), AreaFormat.process)
        set(UInt64(clamping: now), AreaFormat.since)
        set(requests, AreaFormat.requestsBefore)
    }

    /// Whether counts reach the file and readers find them.
    func isCurrent(in file: CounterFile) -> Bool {
        guard let index, numbers.isShared, let used = try? file.number(at: CounterFormat.usedAreas) else {
            return false
        }
        return used > UInt64(index)
    }

    /// Sets a number of the second page.
    func set(_ value: UInt64, _ index: Int) {
        numbers[Self.secondPage + index] = value
    }

    /// Records a lock-out in place of the one that ends first.
    func lockOut(_ id: String, from address: String, until: Int64) {
        let id = Array(id.utf8.prefix(AreaFormat.idBytes))
        let address = Array(address.utf8.prefix(AreaFormat.addressBytes))
        var earliest = 0
        for entry in 0..<AreaFormat.lockOutCount {
            if holds(entry, id, address) {
                earliest = entry
                break
            }
            if numbers[start(of: entry)] < numbers[start(of: earliest)] { earliest = entry }
        }
        let start = start(of: earliest)
        numbers[start + 1] = UInt64(id.count) << 32 | UInt64(address.count)
        write(id, at: start + 2)
        write(address, at: start + 2 + AreaFormat.idBytes / 8)
        numbers[start] = UInt64(clamping: until)
    }

    private func start(of entry: Int) -> Int {
        Self.secondPage + AreaFormat.lockOuts + entry * AreaFormat.lockOutSize
    }

    private func holds(_ entry: Int, _ id: [UInt8], _ address: [UInt8]) -> Bool {
        let start = start(of: entry)
        guard numbers[start + 1] == UInt64(id.count) << 32 | UInt64(address.count) else { return false }
        return words(of: id).enumerated().allSatisfy { numbers[start + 2 + $0] == $1 }
            && words(of: address).enumerated().allSatisfy { numbers[start + 2 + AreaFormat.idBytes / 8 + $0] == $1 }
    }

    private func write(_ bytes: [UInt8], at index: Int) {
        for (offset, word) in words(of: bytes).enumerated() { numbers[index + offset] = word }
    }

    private func words(of bytes: [UInt8]) -> [UInt64] {
        stride(from: 0, to: bytes.count, by: 8).map { start in
            let part = Array(bytes[start..<min(start + 8, bytes.count)])
            return (part + [UInt8](repeating: 0, count: 8 - part.count))[...].number(at: 0)
        }
    }
}
