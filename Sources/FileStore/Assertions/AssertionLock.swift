import GrantCore
import SystemPackage

/// The file `windows` in `assertions/`: its lock is the one under which assertions are looked up and noted, and in it
/// stands what processes have to tell each other. After the header, numbers with their least byte first:
///
///     64  how often a window's file was made or taken away
///     72  the horizon, in microseconds since 1970: what ended before it may have been forgotten
///     80  CRC-32 of both
///
/// Nothing here has to survive a power cut but the horizon, and that only where the wall clock is set back later.
final class AssertionLock {
    /// The file's name.
    static let name = "windows"

    private let file: OpenFile
    private var hasHeader = false

    /// What stands in the file.
    struct Record: Equatable {
        /// How often a window's file was made or taken away: a process lists the files again when it has changed.
        var changes: UInt64 = 0
        /// Windows that ended by then were taken away.
        var horizon = Timestamp(microseconds: .min)

        fileprivate static let size = 20

        fileprivate init() {}

        /// Reads a record; a new or torn one is as good as none.
        fileprivate init(_ bytes: [UInt8]) {
            guard bytes.count == Self.size,
                bytes[...].littleEndian(at: 16, as: UInt32.self) == CRC32.checksum(bytes.prefix(16))
            else { return }
            changes = bytes[...].littleEndian(at: 0, as: UInt64.self)
            horizon = Timestamp(microseconds: bytes[...].littleEndian(at: 8, as: Int64.self))
        }

        fileprivate var bytes: [UInt8] {
            var bytes: [UInt8] = []
            bytes.append(littleEndian: changes)
            bytes.append(littleEndian: horizon.microseconds)
            bytes.append(littleEndian: CRC32.checksum(bytes[...]))
            return bytes
        }
    }

    /// Opens the file, and makes it if it is missing.
    init(in directory: borrowing Directory) throws(FileStoreError) {
        file = try OpenFile(Self.name, in: directory, for: .updatingOrCreating)
    }

    /// Runs the body while no other process does; nil, and nothing done, if the file's name was taken away meanwhile: it has
    /// to be opened again.
    func hold<Result>(
        _ body: (inout Record) throws(FileStoreError) -> Result
    ) throws(FileStoreError) -> Result? {
        try file.fileSystem.lock(file.descriptor)
        defer { file.fileSystem.unlock(file.descriptor) }
        guard try file.isLinked() else { return nil }
        if !hasHeader, try !FileHeader.assertionWindows.isWhole(in: file, named: Self.name) {
            try file.write(FileHeader.assertionWindows.bytes, at: 0)
        }
        hasHeader = true
        var record = Record(try file.read(Record.size, at: Int64(FileHeader.size)))
        return try body(&record)
    }

    /// Writes the record; to be called within the body, before what it announces is done.
    func write(_ record: Record) throws(FileStoreError) {
        try file.write(record.bytes, at: Int64(FileHeader.size))
    }

    /// Puts the record on the disk.
    func sync() throws(FileStoreError) {
        try file.syncData()
    }
}
