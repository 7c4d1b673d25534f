import GrantCore
import SystemPackage

/// A window's file of grants, and what this process remembers of it.
final class GrantTable {
    /// How many grants are remembered, and how many bytes of others' additions are read at once: past these a grant is
    /// written again rather than searched for, which costs a cell and never a wrong answer.
    private static let memoryLimit = 4096
    private static let readLimit = 1 << 20

    private let file: OpenFile
    private var references: [Grant: GrantReference] = [:]
    private var grants: [UInt32: (grant: Grant, fingerprint: UInt64)] = [:]
    private var scannedSize = Int64(FileHeader.size)
    private var syncedSize: Int64 = 0

    /// The table over a file that is open for reading and writing.
    init(_ file: consuming OpenFile) {
        self.file = file
    }

    /// Where a grant is kept; it is appended where it is not yet there. To be called under the window's lock.
    func reference(for grant: Grant) throws(IOFailure) -> GrantReference {
        if let known = references[grant] { return known }
        let size = try prepare()
        try scan(to: size)
        if let known = references[grant] { return known }

        let content = GrantRecord.content(of: grant)
        let cell = (size + Int64(GrantRecord.cellSize) - 1) / Int64(GrantRecord.cellSize)
        guard let number = UInt32(exactly: cell), let bytes = GrantRecord.bytes(of: content) else {
            throw IOFailure("pwrite", on: "grants", .fileTooLarge)
        }
        try file.write(bytes, at: cell * Int64(GrantRecord.cellSize))
        scannedSize = cell * Int64(GrantRecord.cellSize) + Int64(bytes.count)
        let reference = GrantReference(cell: number, fingerprint: GrantRecord.fingerprint(of: content))
        remember(grant, reference)
        return reference
    }

    /// The grant that a slot refers to; nil where it is not there, or another one is.
    func grant(for reference: GrantReference) throws(IOFailure) -> Grant? {
        if let known = grants[reference.cell] { return known.fingerprint == reference.fingerprint ? known.grant : nil }
        let offset = Int64(reference.cell) * Int64(GrantRecord.cellSize)
        var bytes = try file.read(4 * GrantRecord.cellSize, at: offset)
        if let count = GrantRecord.contentCount(bytes[...]), GrantRecord.headerSize + count > bytes.count {
            bytes = try file.read(GrantRecord.headerSize + count, at: offset)
        }
        guard let content = GrantRecord.content(bytes[...]), let grant = GrantRecord.grant(content),
            GrantRecord.fingerprint(of: content) == reference.fingerprint
        else { return nil }
        remember(grant, reference)
        return grant
    }

    /// Puts what this process has read or written of the file on the disk, unless it is there already.
    func sync() throws(IOFailure) {
        guard syncedSize < scannedSize else { return }
        try file.syncData()
        syncedSize = scannedSize
    }

    /// Makes sure that the header is there, and says how long the file is.
    private func prepare() throws(IOFailure) -> Int64 {
        let size = try file.status().size
        if size >= Int64(FileHeader.size) { return size }
        try file.write(FileHeader.grants.bytes, at: 0)
        return Int64(FileHeader.size)
    }

    /// Learns what other processes have appended.
    private func scan(to size: Int64) throws(IOFailure) {
        guard size > scannedSize, size - scannedSize <= Int64(Self.readLimit) else {
            scannedSize = max(size, scannedSize)
            return
        }
        let bytes = try file.read(Int(size - scannedSize), at: scannedSize)
        var position = 0
        while position + GrantRecord.headerSize <= bytes.count {
            let content = GrantRecord.content(bytes[position...])
            if let content, let grant = GrantRecord.grant(content) {
                let cell = (scannedSize + Int64(position)) / Int64(GrantRecord.cellSize)
                let fingerprint = GrantRecord.fingerprint(of: content)
                remember(grant, GrantReference(cell: UInt32(clamping: cell), fingerprint: fingerprint))
            }
            position += GrantRecord.cellSize * (content.map { GrantRecord.cells(for: $0.count) } ?? 1)
        }
        scannedSize = size
    }

    private func remember(_ grant: Grant, _ reference: GrantReference) {
        if grants.count >= Self.memoryLimit {
            grants.removeAll(keepingCapacity: true)
            references.removeAll(keepingCapacity: true)
        }
        references[grant] = reference
        grants[reference.cell] = (grant, reference.fingerprint)
    }
}
