import Linux

/// A copy of what the file of counters holds at a moment.
package struct CounterReading: Sendable {
    /// When the file was created, which is when all counts began, in seconds since 1970.
    package let since: Int64
    /// The sum over all workers, including those that have exited.
    package let total: Counts
    /// The workers that are running.
    package let workers: [Worker]
    /// What supervisors last reported, including those that have exited.
    package let pools: [Pool]
    /// Counts by client, in order of their first appearance; empty if clients are not counted.
    package let clients: [Client]
    /// Ids that must wait after too many failures; some may belong to no client.
    package let lockOuts: [LockOut]
    /// The samples of the history by slot; empty if the history was not read.
    let samples: [Int64: Counts]

    /// A worker.
    package struct Worker: Sendable, Equatable {
        package let process: Int32
        /// When it started, in seconds since 1970.
        package let since: Int64
        package let requests: UInt64
        package let connections: Int
        package let busy: Int
        package let slowHashes: Int
    }

    /// What a supervisor last reported.
    package struct Pool: Sendable, Equatable {
        package let process: Int32
        package let size: Int
        package let starting: Int
        package let serving: Int
        package let stopping: Int
        package let restarts: UInt64
        /// When a worker was last replaced, in seconds since 1970; zero if none was.
        package let lastRestart: Int64
        /// When the supervisor started, in seconds since 1970.
        package let since: Int64
        /// Whether its supervisor is running.
        package let isLive: Bool
    }

    /// A client's counts.
    package struct Client: Sendable, Equatable {
        package let id: String
        package let tokensIssued: UInt64
        package let refusals: UInt64
    }

    /// A client that must wait.
    package struct LockOut: Sendable, Equatable {
        package let id: String
        package let address: String
        /// Seconds since 1970.
        package let until: Int64
    }

    /// Counts by client, most tokens first.
    package var clientsByUse: [Client] {
        clients.sorted { ($0.tokensIssued, $0.refusals) > ($1.tokensIssued, $1.refusals) }
    }

    /// Reads a state directory's file.
    ///
    /// - Parameter directory: the path of the state directory.
    package init(in directory: String, withHistory: Bool) throws(CountersFault) {
        try self.init(CounterFile(reading: directory), withHistory: withHistory)
    }

    /// Reads an open file.
    ///
    /// - Parameter ownArea: the area that is locked through this open file, which does not see its own lock.
    init(_ file: CounterFile, ownArea: Int? = nil, withHistory: Bool) throws(CountersFault) {
        let header = try file.read(Int(CounterFormat.pageSize), at: 0)
        since = Int64(clamping: header.number(at: CounterFormat.madeAt))
        var total = Counts()
        var workers: [Worker] = []
        var lockOuts: [LockOut] = []
        for index in 0..<(try SampleRing.usedAreas(of: file)) {
            let start = CounterFormat.area(index)
            let bytes = try file.read(Int(CounterFormat.areaSize), at: start)
            guard bytes.count == Int(CounterFormat.areaSize) else { continue }
            let counts = Counts(page: bytes[..<Int(CounterFormat.pageSize)])
            total.add(counts)
            let second = bytes[Int(CounterFormat.pageSize)...]
            lockOuts += Self.lockOuts(in: second)
            let lock = ByteRangeLock(start, length: 1)
            guard index == ownArea || lock.isHeldByAnother(than: file.descriptor.number) else { continue }
            workers.append(Worker(second, counts))
        }
        self.total = total
        self.workers = workers
        self.lockOuts = lockOuts
        pools = (0..<CounterFormat.poolCount).compactMap { Pool(at: CounterFormat.pool($0), in: header, of: file) }
        clients = try Self.clients(in: file)
        samples = try withHistory ? Self.samples(in: file) : [:]
    }

    private static func clients(in file: CounterFile) throws(CountersFault) -> [Client] {
        let used = Int(min(UInt64(CounterFormat.clientCount), try file.number(at: CounterFormat.usedClients)))
        let size = Int(CounterFormat.clientSize)
        let bytes = try file.read(used * size, at: CounterFormat.clients)
        return (0..<bytes.count / size).compactMap { index in
            let entry = bytes[index * size..<(index + 1) * size]
            let length = Int(min(entry.number(at: ClientTable.length), UInt64(size)))
            let id = entry.dropFirst(ClientTable.id * 8).prefix(length)
            guard !id.isEmpty else { return nil }
            return Client(
                id: String(decoding: id, as: UTF8.self),
                tokensIssued: entry.number(at: ClientTable.issued),
                refusals: entry.number(at: ClientTable.refused)
            )
        }
    }

    private static func lockOuts(in page: ArraySlice<UInt8>) -> [LockOut] {
        (0..<AreaFormat.lockOutCount).compactMap { entry in
            let start = AreaFormat.lockOuts + entry * AreaFormat.lockOutSize
            let lengths = page.number(at: start + 1)
            let text = page.dropFirst((start + 2) * 8).prefix(AreaFormat.idBytes + AreaFormat.addressBytes)
            let id = text.prefix(min(Int(lengths >> 32 & 0xFFFF), AreaFormat.idBytes))
            let address = text.dropFirst(AreaFormat.idBytes)
                .prefix(min(Int(lengths & 0xFFFF), AreaFormat.addressBytes))
            guard !id.isEmpty else { return nil }
            return LockOut(
                id: String(decoding: id, as: UTF8.self),
                address: String(decoding: address, as: UTF8.self),
                until: Int64(clamping: page.number(at: start))
            )
        }
    }

    private static func samples(in file: CounterFile) throws(CountersFault) -> [Int64: Counts] {
        var samples: [Int64: Counts] = [:]
        let size = Int(CounterFormat.pageSize)
        let bytes = try file.read(size * Int(CounterFormat.slotCount), at: CounterFormat.history)
        for start in stride(from: 0, to: bytes.count - size + 1, by: size) {
            let page = bytes[start..<start + size]
            let slot = Int64(clamping: page.number(at: CounterLayout.slot))
            // A page at the wrong position for its slot is damaged or was never written.
            guard slot > 0, CounterFormat.page(ofSlot: slot) == CounterFormat.history + Int64(start) else { continue }
            samples[slot] = Counts(page: page)
        }
        return samples
    }
}

extension CounterReading.Worker {
    fileprivate init(_ page: ArraySlice<UInt8>, _ counts: Counts) {
        let before = page.number(at: AreaFormat.requestsBefore)
        self.init(
            process: Int32(truncatingIfNeeded: page.number(at: AreaFormat.process)),
            since: Int64(clamping: page.number(at: AreaFormat.since)),
            requests: counts.requests >= before ? counts.requests - before : 0,
            connections: Int(clamping: page.number(at: AreaFormat.connections)),
            busy: Int(clamping: page.number(at: AreaFormat.busy)),
            slowHashes: Int(clamping: page.number(at: AreaFormat.slowHashes))
        )
    }
}

extension CounterReading.Pool {
    fileprivate init?(at offset: Int64, in header: [UInt8], of file: CounterFile) {
        guard header.number(at: offset + PoolField.process) > 0 else { return nil }
        let number = { Int(clamping: header.number(at: offset + $0)) }
        self.init(
            process: Int32(truncatingIfNeeded: header.number(at: offset + PoolField.process)),
            size: number(PoolField.size),
            starting: number(PoolField.starting),
            serving: number(PoolField.serving),
            stopping: number(PoolField.stopping),
            restarts: header.number(at: offset + PoolField.restarts),
            lastRestart: Int64(clamping: header.number(at: offset + PoolField.lastRestart)),
            since: Int64(clamping: header.number(at: offset + PoolField.since)),
            isLive: ByteRangeLock(offset, length: 1).isHeldByAnother(than: file.descriptor.number)
        )
    }
}

extension [UInt8] {
    /// The number at an offset, or zero if the bytes end before it.
    fileprivate func number(at offset: Int64) -> UInt64 {
        guard offset + 8 <= Int64(count) else { return 0 }
        return self[Int(offset)...].number(at: 0)
    }
}
