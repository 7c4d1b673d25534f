import GrantCore
import SystemPackage

/// A window's file of grants, and what this process remembers of it.
final class GrantTable {
    /// How many grants are remembered, and how many bytes of others' additions are read at once: past these a grant is
    /// written again rather than searched for, which costs a cell and never a wrong answer.
    private static let memoryLimit = 4096
    private static let readLimit = 1 << 20

    private let file: OpenFile
    private let name: String
    private var hasHeader = false
    private var references: [Grant: GrantReference] = [:]
    private var grants: [UInt32: Known] = [:]
    private var scannedSize = Int64(FileHeader.size)

    /// A grant that was read or written.
    private struct Known {
        let grant: Grant
        let fingerprint: UInt64
        /// Whether this process wrote it, and whether it has put it on the disk.
        var isWritten = false
        var isSynced = false
    }

    /// The table over a file that is open for reading and writing.
    init(_ file: consuming OpenFile, name: String) {
        self.file = file
        self.name = name
    }

    /// Makes sure that the file is of a format that is known.
    func readHeader() throws(FileStoreError) {
        hasHeader = try FileHeader.grants.isWhole(in: file, named: name)
    }

    /// Whether the file's name stands for what is open.
    func isCurrent(in directory: borrowing Directory) throws(FileStoreError) -> Bool {
        try directory.status(of: name)?.isSameFile(as: file.status()) == true
    }

    /// Where a grant is kept; nil if this process does not know it.
    func knownReference(for grant: Grant) -> GrantReference? {
        references[grant]
    }

    /// Where a grant is kept; it is appended where it is not yet there. To be called under the window's lock.
    func reference(for grant: Grant) throws(FileStoreError) -> GrantReference {
        if let known = references[grant] { return known }
        try prepare()
        let size = try file.status().size
        try scan(to: size)
        if let learned = references[grant] { return learned }
        return try append(grant, after: size)
    }

    /// The grant that a slot refers to; nil if it is not there, or another one is.
    func grant(for reference: GrantReference) throws(FileStoreError) -> Grant? {
        if let known = grants[reference.cell] { return known.fingerprint == reference.fingerprint ? known.grant : nil }
        let offset = Int64(reference.cell) * Int64(GrantRecord.cellSize)
        var bytes = try file.read(4 * GrantRecord.cellSize, at: offset)
        if let count = GrantRecord.contentCount(bytes[...]), GrantRecord.headerSize + count > bytes.count {
            bytes = try file.read(GrantRecord.headerSize + count, at: offset)
        }
        guard let content = GrantRecord.content(bytes[...]), let grant = GrantRecord.grant(content),
            GrantRecord.fingerprint(of: content) == reference.fingerprint
        else { return nil }
        remember(Known(grant: grant, fingerprint: reference.fingerprint), at: reference.cell)
        return grant
    }

    /// Puts a grant on the disk, unless this process has done so.
    ///
    /// One that another process wrote is written once more, the same bytes in the same place: that one's sync may have
    /// failed, and the kernel takes for written what it then dropped.
    func sync(_ reference: GrantReference) throws(FileStoreError) {
        let known = grants[reference.cell]
        if let known, known.isSynced { return }
        if let known, !known.isWritten, let bytes = GrantRecord.bytes(of: GrantRecord.content(of: known.grant)) {
            try file.write(bytes, at: Int64(reference.cell) * Int64(GrantRecord.cellSize))
        }
        try file.syncData()
        grants[reference.cell]?.isSynced = true
    }

    /// Makes sure that the header is there.
    private func prepare() throws(FileStoreError) {
        if hasHeader { return }
        try readHeader()
        if !hasHeader { try file.write(FileHeader.grants.bytes, at: 0) }
        hasHeader = true
    }

    private func append(_ grant: Grant, after size: Int64) throws(FileStoreError) -> GrantReference {
        let content = GrantRecord.content(of: grant)
        let offset = Self.wholeCells(size)
        guard let number = UInt32(exactly: offset / Int64(GrantRecord.cellSize)),
            let bytes = GrantRecord.bytes(of: content)
        else {
            throw FileStoreError("pwrite", on: name, .fileTooLarge)
        }
        try file.write(bytes, at: offset)
        scannedSize = offset + Int64(bytes.count)
        let fingerprint = GrantRecord.fingerprint(of: content)
        remember(Known(grant: grant, fingerprint: fingerprint, isWritten: true), at: number)
        return GrantReference(cell: number, fingerprint: fingerprint)
    }

    /// Learns what other processes have appended.
    private func scan(to size: Int64) throws(FileStoreError) {
        guard size > scannedSize, size - scannedSize <= Int64(Self.readLimit) else {
            scannedSize = max(Self.wholeCells(size), scannedSize)
            return
        }
        let bytes = try file.read(Int(size - scannedSize), at: scannedSize)
        var position = 0
        while position + GrantRecord.headerSize <= bytes.count {
            let content = GrantRecord.content(bytes[position...])
            if let content, let grant = GrantRecord.grant(content) {
                let cell = (scannedSize + Int64(position)) / Int64(GrantRecord.cellSize)
                let known = Known(grant: grant, fingerprint: GrantRecord.fingerprint(of: content))
                remember(known, at: UInt32(clamping: cell))
            }
            position += GrantRecord.cellSize * (content.map { GrantRecord.cells(for: $0.count) } ?? 1)
        }
        scannedSize = Self.wholeCells(size)
    }

    /// Where the next record after so many bytes starts: a torn one ends anywhere.
    private static func wholeCells(_ size: Int64) -> Int64 {
        let cell = Int64(GrantRecord.cellSize)
        return (size + cell - 1) / cell * cell
    }

    private func remember(_ known: Known, at cell: UInt32) {
        if grants.count >= Self.memoryLimit {
            grants.removeAll(keepingCapacity: true)
            references.removeAll(keepingCapacity: true)
        }
        if let same = grants[cell], same.fingerprint == known.fingerprint { return }
        references[known.grant] = GrantReference(cell: cell, fingerprint: known.fingerprint)
        grants[cell] = known
    }
}
