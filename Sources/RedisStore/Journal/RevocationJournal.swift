package import FileStore
package import GrantCore
import SystemPackage

/// What this machine's own disk keeps of revocations, changed registrations and used assertions, in `journal/` of the state
/// directory.
///
/// The engine may lose what it has acknowledged: a failover or a restored backup brings back what one member had. So each
/// member that a process meets for the first time gets the journal first. Sending it twice does no harm.
///
/// - `revoked-H` has a line of 40 bytes for each revoked token whose lifetime ends in hour H since 1970: the token's
///   SHA-256, and the last microsecond of its life.
/// - `changed-D` has the registrations that were changed on day D since 1970.
/// - `used-M` has a line for each use of an assertion that ends in the M-th 512 seconds since 1970, see ``AssertionUse``.
///
/// A file is appended to under its lock and unlinked a day after it has passed, one of uses an hour after that. A line that a crash left torn is
/// overwritten by the next; a line of garbage revokes a token that never was.
package final class RevocationJournal {
    private let state: StateDirectory
    private let directory: Directory
    /// The files whose names this process has put on the disk.
    private var syncedNames: Set<String> = []
    private var fileSystem: any FileSystem { directory.fileSystem }

    private static let lineSize = 40
    private static let hour: Int64 = 3600
    private static let day: Int64 = 86400
    /// The seconds of a file of uses.
    private static let stretch: Int64 = 512
    /// The longest file of changes that is read, in bytes.
    private static let longestChanges = 256 << 20

    /// The journal of a state directory; it is made if it is missing.
    package init(in state: StateDirectory) throws(StateError) {
        self.state = state
        do throws(FileStoreError) {
            let root = try Directory("..", in: state.clients)
            _ = try root.fileSystem.makeDirectory("journal", in: root.descriptor)
            directory = try Directory("journal", in: root)
            try Self.handOver(directory.descriptor, like: state)
        } catch {
            throw .unusable(path: "journal", error)
        }
    }

    /// Puts a revocation on the disk.
    ///
    /// - Parameter end: when the token expires.
    package func append(revoked digest: [UInt8], until end: Timestamp, at now: Timestamp) throws(StorageError) {
        var line = digest
        line.append(littleEndian: end.microseconds)
        let name = "revoked-\(end.seconds / Self.hour)"
        try attempt { () throws(FileStoreError) in
            try append(to: name, at: now) { size, _ in (line, size / Int64(Self.lineSize) * Int64(Self.lineSize)) }
        }
    }

    /// Puts a changed registration on the disk.
    package func append(_ change: RegistrationChange, at now: Timestamp) throws(StorageError) {
        let record = change.record
        try attempt { () throws(FileStoreError) in
            try append(to: "changed-\(now.seconds / Self.day)", at: now) { (size, file) throws(FileStoreError) in
                let whole = RegistrationChange.wholeLength(of: try file.read(Int(size), at: 0))
                return (record, Int64(whole))
            }
        }
    }

    /// Writes the use of an assertion down.
    ///
    /// - Parameter isSynced: whether it is on the disk when this returns.
    func append(_ use: AssertionUse, isSynced: Bool, at now: Timestamp) throws(StorageError) {
        let name = "used-\(use.end.seconds / Self.stretch)"
        let lineSize = Int64(AssertionUse.lineSize)
        try attempt { () throws(FileStoreError) in
            try append(to: name, isSynced: isSynced, at: now) { size, _ in (use.line, size / lineSize * lineSize) }
        }
    }

    /// What a member has to be told that may not know it.
    package struct Entries {
        /// The digests of revoked tokens that may be live by some machine's clock.
        package var revoked: [[UInt8]] = []
        /// The registrations that were changed within a day or two, the newest last.
        package var changes: [RegistrationChange] = []
        /// The uses of assertions that have not ended by some machine's clock.
        var uses: [AssertionUse] = []
        /// How many there are.
        package var count: Int { revoked.count + changes.count + uses.count }
    }

    /// Reads the journal.
    package func entries(at now: Timestamp) throws(StorageError) -> Entries {
        try attempt { () throws(FileStoreError) in
            var entries = Entries()
            for name in try directory.names().sorted() {
                // There may be many uses, of which few matter.
                if name.hasPrefix("used-"), hasPassed(name, at: now, by: Self.hour) { continue }
                guard let bytes = try contents(of: name) else { continue }
                if name.hasPrefix("revoked-") {
                    for start in stride(from: 0, through: bytes.count - Self.lineSize, by: Self.lineSize) {
                        let end = bytes[(start + 32)..<(start + 40)].reversed().reduce(0) { $0 << 8 | Int64($1) }
                        // Clocks may differ by an hour.
                        guard now < Timestamp(microseconds: end).adding(seconds: Self.hour) else { continue }
                        entries.revoked.append(Array(bytes[start..<start + 32]))
                    }
                } else if name.hasPrefix("changed-") {
                    entries.changes += RegistrationChange.all(in: bytes)
                } else if name.hasPrefix("used-") {
                    let size = AssertionUse.lineSize
                    for start in stride(from: 0, through: bytes.count - size, by: size) {
                        let use = AssertionUse(line: bytes[start..<start + size])
                        if use.matters(at: now) { entries.uses.append(use) }
                    }
                }
            }
            return entries
        }
    }

    private func contents(of name: String) throws(FileStoreError) -> [UInt8]? {
        do throws(FileStoreError) {
            let file = try OpenFile(name, in: directory, for: .reading)
            return try file.read(Int(min(file.status().size, Int64(Self.longestChanges))), at: 0)
        } catch  where error.errno == .noSuchFileOrDirectory {
            return nil
        }
    }

    /// Appends to a file.
    ///
    /// - Parameters:
    ///   - isSynced: whether it is on the disk when this returns.
    ///   - record: what to write, and where, by the file's size.
    private func append(
        to name: String,
        isSynced: Bool = true,
        at now: Timestamp,
        _ record: (Int64, borrowing OpenFile) throws(FileStoreError) -> ([UInt8], Int64)
    ) throws(FileStoreError) {
        let isNew = try directory.status(of: name) == nil
        if isNew { try removePassed(at: now) }
        let file = try OpenFile(name, in: directory, for: .updatingOrCreating)
        try fileSystem.lock(file.descriptor)
        defer { fileSystem.unlock(file.descriptor) }
        if isNew { try Self.handOver(file.descriptor, like: state) }
        let (bytes, offset) = try record(file.status().size, file)
        try file.write(bytes, at: offset)
        guard isSynced else { return }
        try file.sync()
        if syncedNames.contains(name) { return }
        // Who made the file, or the directory, may not have come so far as to put its name on the disk.
        try directory.sync()
        try Directory("..", in: directory).sync()
        syncedNames.insert(name)
    }

    private func removePassed(at now: Timestamp) throws(FileStoreError) {
        syncedNames.removeAll()
        for name in try directory.names() {
            let patience = name.hasPrefix("used-") ? Self.hour : Self.day
            if hasPassed(name, at: now, by: patience) { _ = try directory.unlink(name) }
        }
    }

    /// Whether the time of a file has passed by so many seconds.
    private func hasPassed(_ name: String, at now: Timestamp, by seconds: Int64) -> Bool {
        let spans = ["revoked": Self.hour, "changed": Self.day, "used": Self.stretch]
        let parts = name.split(separator: "-")
        guard parts.count == 2, let span = spans[String(parts[0])], let number = Int64(parts[1]), 0 < number,
            number < 1 << 32
        else { return false }
        return (number + 1) * span + seconds < now.seconds
    }

    /// Gives what root made to the one whose state it is.
    private static func handOver(_ descriptor: Int32, like state: StateDirectory) throws(FileStoreError) {
        let fileSystem = state.clients.fileSystem
        guard fileSystem.effectiveUser == 0 else { return }
        let owner = try state.clients.status()
        guard owner.owner != 0, try fileSystem.status(of: descriptor).owner == 0 else { return }
        do throws(FileStoreError) {
            try fileSystem.changeOwner(of: descriptor, to: owner.owner, group: owner.group)
        } catch  where error.errno == .notPermitted {
            // A confined worker of root's may not, and need not: no other user's process writes there then.
            return
        }
    }

    private func attempt<Result>(_ calls: () throws(FileStoreError) -> Result) throws(StorageError) -> Result {
        do throws(FileStoreError) {
            return try calls()
        } catch {
            if case .syncFailed(let text) = error.storageError { throw .syncFailed("the journal: \(text)") }
            throw .unavailable("the journal cannot be used: \(error)")
        }
    }
}
