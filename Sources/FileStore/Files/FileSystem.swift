package import GrantCore

/// The file system's calls, all that this module makes: the one seam at which tests put another file system.
///
/// Descriptors are plain numbers here; `OpenFile` owns them. Every call is retried where a signal interrupted it, except
/// `close`, and the syncs, whose failure is final.
package protocol FileSystem: Sendable {
    /// Opens a file, `O_CLOEXEC | O_NOFOLLOW`; with no parent the name is a path of the administrator's, and a last
    /// component that is a symbolic link is followed (`openat(2)`).
    func open(_ name: String, in parent: Int32?, for use: FileUse) throws(FileStoreError) -> Int32
    /// `close(2)`
    func close(_ descriptor: Int32)
    /// Makes a directory of mode 0700 (`mkdirat(2)`); false if there is something of this name.
    func makeDirectory(_ name: String, in parent: Int32?) throws(FileStoreError) -> Bool
    /// `fstat(2)`
    func status(of descriptor: Int32) throws(FileStoreError) -> FileStatus
    /// How many names an open file has (`statx(2)`).
    func linkCount(of descriptor: Int32) throws(FileStoreError) -> Int
    /// Reads the status of a name, not following a symbolic link (`fstatat(2)`). Returns nil if the name does not exist.
    func status(of name: String, in parent: Int32) throws(FileStoreError) -> FileStatus?
    /// What a path of the administrator's stands for, links followed; nil if that is nothing (`stat(2)`). A confined
    /// process may ask this, though it may open nothing there.
    func status(atPath path: String) throws(FileStoreError) -> FileStatus?
    /// Reads at an offset, up to `count` bytes; fewer at the end (`pread(2)`).
    func read(_ count: Int, at offset: Int64, from descriptor: Int32) throws(FileStoreError) -> [UInt8]
    /// Writes at an offset and says how many bytes it took (`pwrite(2)`).
    func write(_ bytes: ArraySlice<UInt8>, at offset: Int64, to descriptor: Int32) throws(FileStoreError) -> Int
    /// `fdatasync(2)`
    func syncData(_ descriptor: Int32) throws(FileStoreError)
    /// `fsync(2)`
    func sync(_ descriptor: Int32) throws(FileStoreError)
    /// Waits for the exclusive lock (`flock(2)`, `LOCK_EX`).
    func lock(_ descriptor: Int32) throws(FileStoreError)
    /// `flock(2)`, `LOCK_UN`
    func unlock(_ descriptor: Int32)
    /// `renameat(2)` within one directory.
    func rename(_ name: String, to newName: String, in parent: Int32) throws(FileStoreError)
    /// Takes a name away (`unlinkat(2)`); false if there is none.
    func unlink(_ name: String, in parent: Int32) throws(FileStoreError) -> Bool
    /// The names in a directory, without `.` and `..`, in no order (`readdir(3)`).
    func names(in directory: Int32) throws(FileStoreError) -> [String]
    /// `fchown(2)`
    func changeOwner(of descriptor: Int32, to owner: UInt32, group: UInt32) throws(FileStoreError)
    /// Who this process is to the file system (`geteuid(2)`).
    var effectiveUser: UInt32 { get }
    /// The wall clock (`clock_gettime(2)`, `CLOCK_REALTIME`).
    var now: Timestamp { get }
    /// Microseconds since the machine started, sleep included (`clock_gettime(2)`, `CLOCK_BOOTTIME`).
    var sinceBoot: Int64 { get }
}

/// What a file is opened for.
package enum FileUse: Sendable {
    /// Reading.
    case reading
    /// Reading and writing.
    case updating
    /// Reading and writing; it is made, empty and of mode 0600, if it is missing.
    case updatingOrCreating
    /// Reading, and writing at the end, wherever a write is meant to go (`O_APPEND`); it is made, empty and of mode 0600,
    /// if it is missing.
    case appending
    /// Writing a file that does not exist yet: it is made, empty and of mode 0600 (`O_EXCL`).
    case creating
    /// Listing, and naming what is in it.
    case directory
}

/// What the file system says about a file (`stat(2)`).
package struct FileStatus: Sendable, Equatable {
    /// Device and number: which file it is.
    package var device: UInt64
    /// Device and number: which file it is.
    package var inode: UInt64
    /// What kind of file it is, and its permissions.
    package var mode: UInt32
    /// Whose it is.
    package var owner: UInt32
    /// Whose it is.
    package var group: UInt32
    /// How many names it has.
    package var links: UInt64
    /// Bytes.
    package var size: Int64
    /// When its content was last changed.
    package var modifiedAt: Int64
    /// When it was last changed in any way, in nanoseconds since 1970.
    package var changedAt: Int64

    /// Describes a file.
    package init(
        device: UInt64,
        inode: UInt64,
        mode: UInt32,
        owner: UInt32,
        group: UInt32,
        links: UInt64,
        size: Int64,
        modifiedAt: Int64,
        changedAt: Int64
    ) {
        self.device = device
        self.inode = inode
        self.mode = mode
        self.owner = owner
        self.group = group
        self.links = links
        self.size = size
        self.modifiedAt = modifiedAt
        self.changedAt = changedAt
    }

    /// Whether both are of one file, whatever was done to it in between.
    package func isSameFile(as other: FileStatus) -> Bool { device == other.device && inode == other.inode }

    /// Whether only its owner may do anything with it.
    package var isPrivate: Bool { mode & 0o077 == 0 }

    /// Its permissions, as `chmod(1)` writes them.
    package var permissions: String { "0" + String(mode & 0o7777, radix: 8) }
}
