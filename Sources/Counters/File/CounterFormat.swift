/// The layout of the file of counters. Numbers are little-endian.
///
///     0        the header: magic, time of creation, how many areas have been used
///     1024     a line for each supervisor, 64 bytes
///     4096     the history: a page of counts for each slot of 10 seconds, in a ring
///     …        the table of clients: 288 bytes each
///     …        an area of two pages for each worker: counts, then gauges and lock-outs
///
/// The file is sparse: it takes 1.5 MiB of disk for the history and 8 KiB for each worker at most.
enum CounterFormat {
    static let name = "counters"
    static let magic = Array("grantd counters 2\n".utf8)
    static let pageSize: Int64 = 4096

    // The header.
    static let madeAt: Int64 = 32
    static let usedAreas: Int64 = 40
    static let usedClients: Int64 = 48

    // Supervisors.
    static let pools: Int64 = 1024
    static let poolCount = 16
    static let poolSize: Int64 = 64

    // An hour and a few slots more, so that no slot of the hour is the next to be overwritten.
    static let history = pageSize
    static let slotSeconds: Int64 = 10
    static let slotCount: Int64 = 368

    // Clients.
    static let clients = history + slotCount * pageSize
    static let clientCount = 1000
    static let clientSize: Int64 = 288
    static let clientBytes: Int64 = 72 * pageSize

    // Workers.
    static let areas = clients + clientBytes
    static let areaCount = 128
    static let areaSize = 2 * pageSize
    static let size = areas + Int64(areaCount) * areaSize

    static func area(_ index: Int) -> Int64 { areas + Int64(index) * areaSize }
    static func pool(_ index: Int) -> Int64 { pools + Int64(index) * poolSize }
    static func page(ofSlot slot: Int64) -> Int64 { history + slot % slotCount * pageSize }
}

/// The second page of a worker's area: gauges, then lock-outs.
enum AreaFormat {
    static let process = 0
    static let since = 1
    static let requestsBefore = 2
    static let connections = 3
    static let busy = 4
    static let slowHashes = 5
    /// The index of the first lock-out, in numbers of 8 bytes.
    static let lockOuts = 32
    static let lockOutCount = 12
    /// The size of a lock-out in numbers: its end, the lengths of id and address, 256 bytes of id, 48 of address.
    static let lockOutSize = 40
    static let idBytes = 256
    static let addressBytes = 48
}

/// Offsets in a supervisor's line, in bytes.
enum PoolField {
    static let process: Int64 = 0
    static let size: Int64 = 8
    static let starting: Int64 = 16
    static let serving: Int64 = 24
    static let stopping: Int64 = 32
    static let restarts: Int64 = 40
    static let lastRestart: Int64 = 48
    static let since: Int64 = 56
}
