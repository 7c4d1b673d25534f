import FileStore
import GrantCore

extension SimulatedMachine.Content {
    /// What `fstat(2)` says of a file.
    func status(of node: Int) -> FileStatus {
        let it = nodes[node]
        let changedAt = (changedAt[node]?.microseconds ?? 0) * 1000
        return FileStatus(
            device: 1,
            inode: UInt64(node),
            mode: it.isDirectory ? 0o040700 : 0o100600,
            owner: it.owner,
            group: it.owner,
            links: UInt64(links(of: node)),
            size: Int64(it.bytes.count),
            modifiedAt: changedAt,
            changedAt: changedAt
        )
    }

    /// How many bytes can be written to a file from an offset on.
    func room(in node: Int, from offset: Int) -> Int {
        guard let capacity else { return .max }
        func sectors(_ bytes: Int) -> Int { (bytes + Sector.size - 1) / Sector.size }
        let others = nodes.indices.filter { $0 != node && links(of: $0) > 0 }.map { sectors(nodes[$0].bytes.count) }
        return max(0, max(nodes[node].bytes.count, (capacity - others.reduce(0, +)) * Sector.size) - offset)
    }
}
