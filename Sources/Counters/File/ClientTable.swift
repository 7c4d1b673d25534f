import Linux

/// Counts by client, for at most 1,000 of them, in a table that all workers of a file share.
///
/// A client gets an entry when a token or a refusal first proves that it exists, so invented ids take no room.
final class ClientTable {
    private let file: CounterFile
    private let numbers: SharedMemory
    /// The entries of clients seen before; −1 for a client that did not fit.
    private var known: [[UInt8]: Int] = [:]
    /// How long a request waits while other workers add clients.
    private static let patience: Duration = .milliseconds(5)
    private static let memoryLimit = 4096

    /// Offsets in an entry, in numbers of 8 bytes: the id's length, tokens issued, refusals, the id.
    static let length = 0
    static let issued = 1
    static let refused = 2
    static let id = 3
    static let size = Int(CounterFormat.clientSize / 8)

    /// The table of a file.
    init(in file: CounterFile) throws(CountersFault) {
        self.file = file
        do throws(SystemCallFailure) {
            let count = Int(CounterFormat.clientBytes / 8)
            numbers = try SharedMemory(file.descriptor.number, at: CounterFormat.clients, count: count)
        } catch {
            throw .call(error.call, error.errno)
        }
    }

    /// Counts a token of a client.
    func countIssued(_ id: String) {
        guard let entry = entry(of: id, mayAdd: true) else { return }
        numbers.addShared(1, at: entry * Self.size + Self.issued)
    }

    /// Counts a refusal of a client.
    ///
    /// - Parameter isKnown: whether the refusal proves that the client exists. If not, it is counted only for a client
    ///   that has an entry.
    func countRefused(_ id: String, isKnown: Bool) {
        guard let entry = entry(of: id, mayAdd: isKnown) else { return }
        numbers.addShared(1, at: entry * Self.size + Self.refused)
    }

    /// Whether the mapping still writes to the file.
    var isCurrent: Bool { numbers.isShared }

    private func entry(of id: String, mayAdd: Bool) -> Int? {
        // Compared as bytes: ids that Unicode considers equivalent are different ids.
        let id = Array(id.utf8.prefix(Int(CounterFormat.clientSize) - Self.id * 8))
        if let entry = known[id] { return entry < 0 ? nil : entry }
        guard let used = try? file.number(at: CounterFormat.usedClients) else { return nil }
        let count = Int(min(used, UInt64(CounterFormat.clientCount)))
        var entry = find(id, 0..<count)
        if entry == nil, mayAdd, count < CounterFormat.clientCount { entry = try? add(id) }
        let isFull = count == CounterFormat.clientCount
        if entry != nil || isFull {
            if known.count >= Self.memoryLimit { known.removeAll(keepingCapacity: true) }
            known[id] = entry ?? -1
        }
        return entry
    }

    private func add(_ id: [UInt8]) throws(CountersFault) -> Int? {
        try file.whileLocked(patience: Self.patience) { () throws(CountersFault) in
            // Another worker may have added it meanwhile.
            let used = Int(min(UInt64(CounterFormat.clientCount), try file.number(at: CounterFormat.usedClients)))
            if let entry = find(id, 0..<used) { return entry }
            guard used < CounterFormat.clientCount else { return nil }
            let offset = CounterFormat.clients + Int64(used) * CounterFormat.clientSize
            let padding = [UInt8](repeating: 0, count: Int(CounterFormat.clientSize) - Self.id * 8 - id.count)
            try file.write(id + padding, at: offset + Int64(Self.id * 8))
            try file.write(UInt64(id.count), at: offset)
            try file.write(UInt64(used + 1), at: CounterFormat.usedClients)
            return used
        }
    }

    private func find(_ id: [UInt8], _ entries: Range<Int>) -> Int? {
        entries.first { entry in
            let start = entry * Self.size
            guard numbers[start + Self.length] == UInt64(id.count) else { return false }
            for (index, byte) in id.enumerated() {
                let word = numbers[start + Self.id + index / 8]
                if UInt8(truncatingIfNeeded: word >> (8 * UInt64(index % 8))) != byte { return false }
            }
            return true
        }
    }
}
