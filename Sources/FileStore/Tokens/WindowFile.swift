import GrantCore
import SystemPackage

/// A window's two files, open.
final class WindowFile {
    let window: Window
    /// Nil if a power cut took the file: what is in the slots can still be revoked.
    let grants: GrantTable?
    private let slots: OpenFile
    private var hasHeader = false
    private var isNameSynced = false
    /// The slots that this process alone may fill, and how many it takes next.
    private var taken: Range<UInt32> = 0..<0
    private var nextCount = 1
    private var lastLook = LastLook()

    /// The most slots that are taken at once: 4096 bytes of them.
    private static let mostTaken = 64

    /// What happened to the file of slots under the lock.
    enum Append {
        /// The token was written.
        case written(GrantReference, isFirst: Bool)
        /// A file was unlinked meanwhile, or was not there: they have to be opened again.
        case stale
    }

    private init(
        _ window: Window,
        in directory: borrowing Directory,
        for use: FileUse,
        at now: Timestamp
    ) throws(FileStoreError) {
        self.window = window
        lastLook.taken(at: now)
        slots = try OpenFile(window.slotsName, in: directory, for: use)
        do throws(FileStoreError) {
            grants = GrantTable(try OpenFile(window.grantsName, in: directory, for: use), name: window.grantsName)
        } catch  where error.errno == .noSuchFileOrDirectory {
            grants = nil
        }
    }

    /// Opens a window's files, if it has slots.
    ///
    /// - Returns: nil if the window has no slots.
    static func existing(
        _ window: Window,
        in directory: borrowing Directory,
        at now: Timestamp
    ) throws(FileStoreError) -> WindowFile? {
        let file: WindowFile
        do throws(FileStoreError) {
            file = try WindowFile(window, in: directory, for: .updating, at: now)
        } catch  where error.errno == .noSuchFileOrDirectory {
            return nil
        }
        try file.readHeaders()
        return file
    }

    /// Opens a window's files, and makes them if they are missing.
    static func making(
        _ window: Window,
        in directory: borrowing Directory,
        at now: Timestamp
    ) throws(FileStoreError) -> WindowFile {
        let file = try WindowFile(window, in: directory, for: .updatingOrCreating, at: now)
        try file.readHeaders()
        return file
    }

    private func readHeaders() throws(FileStoreError) {
        hasHeader = try FileHeader.slots.isWhole(in: slots, named: window.slotsName)
        try grants?.readHeader()
    }

    /// Writes a slot: its bytes are made once its number is known.
    ///
    /// Under the lock a process takes several slots for itself at once, and fills them later without it: first one, then
    /// twice as many each time, up to a page of them. Of those that it has no use for, zeros remain.
    func append(
        grant: Grant,
        _ slot: (UInt32, GrantReference) throws(FileStoreError) -> [UInt8]
    ) throws(FileStoreError) -> Append {
        if !taken.isEmpty, let reference = grants?.knownReference(for: grant) {
            try fillNext { number throws(FileStoreError) in try slot(number, reference) }
            return .written(reference, isFirst: false)
        }
        return try slots.withExclusiveLock { () throws(FileStoreError) in
            let status = try slots.status()
            guard status.links > 0, let grants else { return .stale }
            let isFirst = try writeHeader()
            let reference = try grants.reference(for: grant)
            if taken.isEmpty { try take(after: max(status.size, Int64(FileHeader.size))) }
            try fillNext { number throws(FileStoreError) in try slot(number, reference) }
            return .written(reference, isFirst: isFirst)
        }
    }

    /// Whether the names of both files stand for what is open, as it was seen within the last second: a hand, or another
    /// process whose clock leapt, may have taken them away or put others in their place.
    func isCurrent(at now: Timestamp, in directory: borrowing Directory) throws(FileStoreError) -> Bool {
        if lastLook.isFresh(at: now) { return true }
        guard try directory.status(of: window.slotsName)?.isSameFile(as: slots.status()) == true else { return false }
        if let grants, try !grants.isCurrent(in: directory) { return false }
        lastLook.taken(at: now)
        return true
    }

    /// Takes slots at the end of the file, which grows by them. To be called under the lock.
    private func take(after end: Int64) throws(FileStoreError) {
        // A tail that is not a whole slot was torn: the next slot starts after it.
        let first = (end + Int64(Slot.size) - 1) / Int64(Slot.size)
        guard let start = UInt32(exactly: first), let next = UInt32(exactly: first + Int64(nextCount)) else {
            throw FileStoreError("pwrite", on: window.slotsName, .fileTooLarge)
        }
        if nextCount > 1 { try slots.write([UInt8](repeating: 0, count: nextCount * Slot.size), at: offset(of: start)) }
        taken = start..<next
        nextCount = min(2 * nextCount, Self.mostTaken)
    }

    /// Writes the next of the slots that were taken.
    private func fillNext(with slot: (UInt32) throws(FileStoreError) -> [UInt8]) throws(FileStoreError) {
        // Whether or not it can be written: a single one is in the file only then, and may be another process's next.
        let number = taken.removeFirst()
        try slots.write(try slot(number), at: offset(of: number))
    }

    private func offset(of slot: UInt32) -> Int64 {
        Int64(slot) * Int64(Slot.size)
    }

    /// Makes sure that the header is there, and says whether it was not.
    private func writeHeader() throws(FileStoreError) -> Bool {
        if hasHeader { return false }
        let isMissing = try !FileHeader.slots.isWhole(in: slots, named: window.slotsName)
        if isMissing { try slots.write(FileHeader.slots.bytes, at: 0) }
        hasHeader = true
        return isMissing
    }

    /// Puts the slots, a grant and, once, the files' names on the disk.
    ///
    /// Not under the lock, so that the syncs of several processes coincide.
    func sync(_ grant: GrantReference, in directory: borrowing Directory) throws(FileStoreError) {
        try grants?.sync(grant)
        try slots.syncData()
        if !isNameSynced { try directory.sync() }
        isNameSynced = true
    }

    /// Whether its name was taken away, so that others have another file, or none.
    func isUnlinked() throws(FileStoreError) -> Bool {
        try slots.status().links == 0
    }

    /// A slot's bytes; fewer than 64 if the file ends before it does.
    func read(slot: UInt32) throws(FileStoreError) -> [UInt8] {
        try slots.read(Slot.size, at: offset(of: slot))
    }

    /// Takes the live mark off a slot, on the disk when this returns, however the mark stood before: another process may
    /// have written it and not yet have synced.
    func revoke(slot: UInt32) throws(FileStoreError) {
        try slots.withExclusiveLock { () throws(FileStoreError) in
            try slots.write(Slot.revokedMark, at: offset(of: slot) + Int64(Slot.markOffset))
        }
        try slots.syncData()
    }

    /// Calls the body with every slot's bytes, in order.
    func forEachSlot(_ body: (ArraySlice<UInt8>) -> Void) throws(FileStoreError) {
        let stride = 1024 * Slot.size
        var offset = Int64(FileHeader.size)
        while true {
            let bytes = try slots.read(stride, at: offset)
            for start in Swift.stride(from: 0, to: bytes.count, by: Slot.size) {
                body(bytes[start..<min(start + Slot.size, bytes.count)])
            }
            if bytes.count < stride { return }
            offset += Int64(stride)
        }
    }

    /// Bytes of the file of slots.
    func size() throws(FileStoreError) -> Int64 {
        try slots.status().size
    }
}
