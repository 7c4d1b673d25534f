import GrantCore
import SystemPackage

/// The used assertions of one window, in a sparse file that is a hash table of tables:
///
///     sector 0            the header
///     sectors 1 to 512    the first table: 512 buckets, each of 16 slots in one sector of 512 bytes
///     then                the next table, of four times as many buckets; and so on
///
/// A name has one bucket in each table, by its digest. It is noted in the first free slot of the first table that has one,
/// and stays there. A look-up reads one sector of each table up to the end of the file: one up to some 8,000 names, five
/// for a million. It does not stop at a bucket with a free slot, since a power cut or a failed sync can free a slot that
/// was full when a later name was noted behind it.
package final class AssertionFile {
    let window: Window
    private let file: OpenFile
    private let bucketCount: Int64
    private var isNameSynced = false
    private var lastLook = LastLook()

    /// Bytes of a bucket: what a disk writes whole.
    static let bucketSize = 512
    /// Buckets of the first table.
    package static let usualBucketCount: Int64 = 512
    /// How many times as large as the one before a table is.
    private static let growth: Int64 = 4
    /// No file system has longer files, in buckets.
    private static let mostBuckets: Int64 = 1 << 40

    /// Where a name stands, or can be put.
    enum Place {
        /// It was used.
        case used
        /// It was not; this is the offset of a free slot.
        case free(Int64)
    }

    private init(
        _ window: Window,
        in directory: borrowing Directory,
        for use: FileUse,
        bucketCount: Int64,
        at now: Timestamp
    ) throws(FileStoreError) {
        self.window = window
        self.bucketCount = bucketCount
        lastLook.taken(at: now)
        file = try OpenFile(window.assertionsName, in: directory, for: use)
    }

    /// Opens a window's file, if there is one; to be called under the lock, as all of this.
    static func existing(
        _ window: Window,
        in directory: borrowing Directory,
        bucketCount: Int64,
        at now: Timestamp
    ) throws(FileStoreError) -> AssertionFile? {
        do throws(FileStoreError) {
            let file = try AssertionFile(window, in: directory, for: .updating, bucketCount: bucketCount, at: now)
            try file.writeHeader()
            return file
        } catch  where error.errno == .noSuchFileOrDirectory {
            return nil
        }
    }

    /// Opens a window's file, and makes it if it is missing.
    static func making(
        _ window: Window,
        in directory: borrowing Directory,
        bucketCount: Int64,
        at now: Timestamp
    ) throws(FileStoreError) -> AssertionFile {
        let use = FileUse.updatingOrCreating
        let file = try AssertionFile(window, in: directory, for: use, bucketCount: bucketCount, at: now)
        try file.writeHeader()
        return file
    }

    private func writeHeader() throws(FileStoreError) {
        if try FileHeader.assertions.isWhole(in: file, named: window.assertionsName) { return }
        try file.write(FileHeader.assertions.bytes, at: 0)
    }

    /// Whether its name stands for what is open; that another file has the name is seen within a second.
    func isCurrent(at now: Timestamp, in directory: borrowing Directory) throws(FileStoreError) -> Bool {
        guard try file.isLinked() else { return false }
        if lastLook.isFresh(at: now) { return true }
        guard try directory.status(of: window.assertionsName)?.isSameFile(as: file.status()) == true else {
            return false
        }
        lastLook.taken(at: now)
        return true
    }

    /// Looks a name up.
    ///
    /// - Throws: `damaged` if the name may be in a slot that cannot be read.
    func place(of name: AssertionName) throws(FileStoreError) -> Place {
        let wanted = AssertionSlot.bytes(of: name)
        let hash = name.digest.suffix(8).littleEndian(at: 0, as: UInt64.self)
        var free: Int64?
        var (start, count) = (Int64(1), bucketCount)
        while start < Self.mostBuckets {
            let offset = (start + Int64(hash % UInt64(count))) * Int64(Self.bucketSize)
            let bucket = try file.read(Self.bucketSize, at: offset)
            switch try look(for: wanted, in: bucket) {
            case .used: return .used
            case .free(let place): free = free ?? offset + place
            case nil: break
            }
            // Those of the tables that follow lie beyond the end as well.
            if let free, bucket.isEmpty { return .free(free) }
            start += count
            count *= Self.growth
        }
        throw FileStoreError("pwrite", on: window.assertionsName, .fileTooLarge)
    }

    /// Looks for a slot's content in a bucket; nil if neither it is there nor a free slot. What lies beyond the end of the
    /// file is zeros.
    private func look(for wanted: [UInt8], in bucket: [UInt8]) throws(FileStoreError) -> Place? {
        var bucket = bucket
        bucket += [UInt8](repeating: 0, count: Self.bucketSize - bucket.count)
        var free: Int64?
        for start in stride(from: 0, to: Self.bucketSize, by: AssertionSlot.size) {
            let slot = bucket[start..<start + AssertionSlot.size]
            switch AssertionSlot.content(of: slot) {
            case .empty: free = free ?? Int64(start)
            case .torn: break
            case .whole: if slot.elementsEqual(wanted) { return .used }
            case .damaged: throw .damaged("\(window.assertionsName) is damaged: it cannot be told what was used")
            }
        }
        return free.map { .free($0) }
    }

    /// Notes a name at the offset of a free slot.
    func note(_ name: AssertionName, at offset: Int64) throws(FileStoreError) {
        try file.write(AssertionSlot.bytes(of: name), at: offset)
    }

    /// Puts what was noted and, once, the file's name on the disk. Not under the lock, so that the syncs of several
    /// processes coincide.
    func sync(in directory: borrowing Directory) throws(FileStoreError) {
        try file.syncData()
        if !isNameSynced { try directory.sync() }
        isNameSynced = true
    }
}
