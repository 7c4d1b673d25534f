import GrantCore
import SystemPackage

/// A window's two files, open.
final class WindowFile {
    let window: Window
    let grants: GrantTable
    private let slots: OpenFile
    private var isSynced = false

    /// What happened to the file of slots under the lock.
    enum Append {
        /// The token was written here.
        case written(slot: UInt32, isFirst: Bool)
        /// Its name was taken away meanwhile: it has to be opened anew.
        case unlinked
    }

    /// Opens a window's files, where they are there.
    ///
    /// - Returns: nil where the window has no file, or one without a header yet.
    init?(existing window: Window, in directory: borrowing Directory) throws(StorageError) {
        do throws(IOFailure) {
            slots = try OpenFile(window.slotsName, in: directory, for: .updating)
            grants = GrantTable(try OpenFile(window.grantsName, in: directory, for: .updating))
        } catch  where error.errno == .noSuchFileOrDirectory {
            return nil
        } catch {
            throw error.storageError
        }
        self.window = window
        guard try hasHeader() else { return nil }
    }

    /// Opens a window's files, and makes them where they are missing.
    init(making window: Window, in directory: borrowing Directory) throws(StorageError) {
        do throws(IOFailure) {
            slots = try OpenFile(window.slotsName, in: directory, for: .updatingOrCreating)
            grants = GrantTable(try OpenFile(window.grantsName, in: directory, for: .updatingOrCreating))
        } catch {
            throw error.storageError
        }
        self.window = window
        _ = try hasHeader()
    }

    /// Appends a slot under the lock: its bytes are made once its number is known.
    func append(
        grant: Grant,
        _ slot: (UInt32, GrantReference) throws(IOFailure) -> Slot
    ) throws(IOFailure) -> Append {
        try slots.withExclusiveLock { () throws(IOFailure) in
            let status = try slots.status()
            guard status.links > 0 else { return .unlinked }
            let isFirst = status.size < Int64(FileHeader.size)
            if isFirst { try slots.write(FileHeader.slots.bytes, at: 0) }

            // A tail that is no whole slot was torn: the next slot starts after it.
            let end = max(status.size, Int64(FileHeader.size))
            guard let number = UInt32(exactly: (end + Int64(Slot.size) - 1) / Int64(Slot.size)) else {
                throw IOFailure("pwrite", on: window.slotsName, .fileTooLarge)
            }
            let slot = try slot(number, grants.reference(for: grant))
            try slots.write(slot.bytes, at: Int64(number) * Int64(Slot.size))
            return .written(slot: number, isFirst: isFirst)
        }
    }

    /// Puts the slots, the grants and, once, the files' names on the disk.
    ///
    /// Not under the lock, so that the syncs of several processes coincide.
    func sync(_ directory: borrowing Directory) throws(IOFailure) {
        try grants.sync()
        try slots.syncData()
        if !isSynced { try directory.sync() }
        isSynced = true
    }

    /// A slot's bytes; fewer than 64 where the file ends before it does.
    func read(slot: UInt32) throws(IOFailure) -> [UInt8] {
        try slots.read(Slot.size, at: Int64(slot) * Int64(Slot.size))
    }

    /// Takes the live mark off a slot, on the disk when this returns, however the mark stood before: another process may
    /// have written it and not yet have synced.
    func revoke(slot: UInt32) throws(IOFailure) {
        try slots.withExclusiveLock { () throws(IOFailure) in
            try slots.write(Slot.revokedMark, at: Int64(slot) * Int64(Slot.size) + Int64(Slot.markOffset))
        }
        try slots.syncData()
    }

    /// Calls the body with every slot's bytes, in order.
    func forEachSlot(_ body: (ArraySlice<UInt8>) -> Void) throws(IOFailure) {
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
    func size() throws(IOFailure) -> Int64 {
        try slots.status().size
    }

    /// Whether the header is there yet; `unknownFormat` where another one is.
    private func hasHeader() throws(StorageError) -> Bool {
        let header: [UInt8]
        do {
            header = try slots.read(FileHeader.size, at: 0)
        } catch {
            throw error.storageError
        }
        if header.count < FileHeader.size { return false }
        try FileHeader.slots.require(header, in: window.slotsName)
        return true
    }
}
