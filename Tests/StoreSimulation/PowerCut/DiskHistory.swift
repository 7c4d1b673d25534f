/// Follows a machine's log and tells what is certainly on its disk, and what may be.
///
/// The guarantees are those that POSIX and a journaling file system give, and no others:
///
/// - `fdatasync` and `fsync` of a file put its bytes and its size on the disk, `fsync` its owner too.
/// - `fsync` of a directory puts its names on the disk; that of a file does not put the file's name there.
/// - A rename happens whole or not at all.
/// - After a sync that failed, what it should have written is lost to later syncs, until its sector is written again.
///
/// Whatever was not synced may be on the disk in any part and order.
package struct DiskHistory: Sendable {
    /// What is there if nothing else made it.
    private(set) var durable: [Node]
    /// What may be there, in the order in which it was done.
    private(set) var pending: [PendingChange] = []
    private var current: [Node]

    /// The history of a machine that was started with these files on its disk.
    package init(_ nodes: [Node]) {
        durable = nodes
        current = nodes
    }

    /// Follows the log by one operation.
    package mutating func follow(_ operation: DiskOperation) {
        switch operation {
        case .make(let node):
            durable.append(node)
        case .change(let directory, let changes):
            pending.append(PendingChange(node: directory, effect: .entries(changes)))
        case .write(let node, let offset, let bytes):
            pending += Self.sectors(offset, bytes).map { PendingChange(node: node, effect: $0) }
            let size = offset + bytes.count
            if size > current[node].bytes.count { pending.append(PendingChange(node: node, effect: .size(size))) }
        case .truncate(let node, let size):
            pending.append(PendingChange(node: node, effect: .size(size)))
        case .changeOwner(let node, let owner):
            pending.append(PendingChange(node: node, effect: .owner(owner)))
        case .sync(let node, let isWhole):
            sync(node, isWhole: isWhole)
        case .failedSync(let node):
            for index in pending.indices where pending[index].node == node && pending[index].sector != nil {
                pending[index].isDropped = true
            }
        case .pass:
            break
        }
        current.apply(operation)
    }

    private static func sectors(_ offset: Int, _ bytes: [UInt8]) -> [PendingChange.Effect] {
        var effects: [PendingChange.Effect] = []
        var start = offset
        while start < offset + bytes.count {
            let end = min(offset + bytes.count, (start / Sector.size + 1) * Sector.size)
            effects.append(.bytes(offset: start, Array(bytes[start - offset..<end - offset])))
            start = end
        }
        return effects
    }

    private mutating func sync(_ node: Int, isWhole: Bool) {
        let mine = pending.filter { $0.node == node }
        let sectors = Set(mine.filter { !$0.isDropped }.compactMap(\.sector))
        for case .size(let size) in mine.map(\.effect) where size < durable[node].bytes.count {
            durable[node].resize(to: size)
        }
        durable[node].resize(to: current[node].bytes.count)
        for sector in sectors {
            let start = sector * Sector.size
            let end = min(start + Sector.size, current[node].bytes.count)
            if start < end { durable[node].write(current[node].bytes[start..<end], at: start) }
        }
        if isWhole { durable[node].owner = current[node].owner }
        if durable[node].isDirectory { durable[node].entries = current[node].entries }
        pending.removeAll { change in
            guard change.node == node else { return false }
            return switch change.effect {
            case .entries, .size: true
            case .bytes: change.sector.map(sectors.contains) ?? false
            case .owner: isWhole
            }
        }
    }

    /// The files that a power cut now leaves, where of what is pending these survive.
    package func image(_ survivors: Survivors) -> [Node] {
        var nodes = durable
        var sizes: [Int: Int] = [:]
        for (index, change) in pending.enumerated() where survivors.kept[index] {
            let node = change.node
            let size = sizes[node] ?? durable[node].bytes.count
            let part = survivors.parts[index]
            switch change.effect {
            case .entries(let changes):
                // A file is made where its name is free: what freed it, and was lost, leaves no room for it.
                let isMaking = changes.count == 1 && changes[0].node != nil
                if isMaking, nodes[node].entries[changes[0].name] != nil { continue }
                nodes[node].apply(changes)
            case .bytes(let offset, let bytes):
                let part = part ?? 0..<bytes.count
                nodes[node].write(bytes[part], at: offset + part.lowerBound)
                sizes[node] = size
            case .size(let whole):
                sizes[node] = part?.upperBound ?? whole
                if whole < size { nodes[node].resize(to: whole) }
            case .owner(let owner):
                nodes[node].owner = owner
            }
        }
        for (node, size) in sizes { nodes[node].resize(to: size) }
        return nodes
    }
}
