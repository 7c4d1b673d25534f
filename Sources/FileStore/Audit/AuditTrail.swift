import Glibc
package import GrantCore
import SystemPackage

/// The audit: a file of JSON lines that is only ever appended to, by any number of processes.
///
/// - A line is written whole, in one call, under the file's lock; an error says that it is not there.
/// - The file is opened again for each line, by its name: one that was renamed or truncated to rotate it needs no signal.
/// - A line that a crash or a full disk left torn is ended by the next one, which begins on a line of its own.
package struct AuditTrail {
    private let state: StateDirectory
    private let path: String
    private let durability: Durability

    /// The audit at a path.
    ///
    /// - Parameters:
    ///   - state: the state whose owner the file belongs to.
    ///   - durability: what a line survives before it is answered for; a denial's is never waited for.
    package init(at path: String, of state: StateDirectory, durability: Durability) {
        self.state = state
        self.path = path
        self.durability = durability
    }

    /// Appends an event's line. It is on record when this returns.
    ///
    /// - Throws: `unaudited` if it is not, `syncFailed` if it may be lost.
    package func append(_ event: AuditEvent) throws(StorageError) {
        try withFile { (directory, file, status) throws(FileStoreError) in
            // Before the first line the file's owner and name go to the disk, so that all who find a line can rely on
            // them: who made the file may not have come so far.
            if status.size == 0 {
                try file.sync()
                try directory.sync()
            }
            // A torn line is left to itself.
            let last = status.size > 0 ? try file.read(1, at: status.size - 1) : []
            let line = event.line(at: file.fileSystem.now)
            let bytes = last.isEmpty || last == [newline] ? line : [newline] + line
            // Opened to append, the file takes them at its end, whatever became of its size.
            let count = try file.fileSystem.write(bytes[...], at: status.size, to: file.descriptor)
            guard count == bytes.count else { throw FileStoreError("pwrite", .noSpace) }
            if durability == .disk, event.kind != .denial, event.kind != .denials { try file.syncData() }
        }
    }

    /// Makes sure that lines can be written, as far as that shows without writing one; the file is made if it is missing.
    package func requireWritable() throws(StorageError) {
        try withFile { _, _, _ in }
    }

    /// Makes sure that lines could be written, and makes nothing: without the file its directory has to be there.
    package func requireUsable() throws(StorageError) {
        let exists = try attempt { () throws(FileStoreError) in try directory().status(of: name) != nil }
        if exists { try requireWritable() }
    }

    private func withFile(
        _ body: (borrowing Directory, borrowing OpenFile, FileStatus) throws(FileStoreError) -> Void
    ) throws(StorageError) {
        try attempt { () throws(FileStoreError) in
            while try !tryFile(body) {}
        }
    }

    /// Runs the body on the file that has the name, locked; false if another took its place before it was.
    private func tryFile(
        _ body: (borrowing Directory, borrowing OpenFile, FileStatus) throws(FileStoreError) -> Void
    ) throws(FileStoreError) -> Bool {
        let fileSystem = state.clients.fileSystem
        let directory = try directory()
        let file = try OpenFile(name, in: directory, for: .appending)
        try fileSystem.lock(file.descriptor)
        defer { fileSystem.unlock(file.descriptor) }
        let status = try file.status()
        guard let named = try directory.status(of: name), named.isSameFile(as: status) else { return false }
        try requireOurs(status)
        try handOver(file, status)
        try body(directory, file, status)
        return true
    }

    /// The file's name in its directory.
    private var name: String { String(path[slash...].dropFirst()) }

    private var slash: String.Index { path.utf8.lastIndex(of: UInt8(ascii: "/")) ?? path.startIndex }

    /// The file's directory.
    private func directory() throws(FileStoreError) -> Directory {
        try Directory(path: String(path[...slash]), fileSystem: state.clients.fileSystem)
    }

    /// Refuses what is not a file, has another name as well, or is another user's or open to others for writing.
    private func requireOurs(_ status: FileStatus) throws(FileStoreError) {
        guard status.mode & S_IFMT == S_IFREG else { throw .unsuitable("it is not a regular file") }
        guard status.links == 1 else { throw .unsuitable("it has \(status.links) names") }
        let owner = try state.clients.status().owner
        guard [owner, state.clients.fileSystem.effectiveUser].contains(status.owner) else {
            throw .unsuitable("it belongs to user \(status.owner), not to the one that grantd runs as")
        }
        guard status.mode & 0o022 == 0 else {
            throw .unsuitable("its mode \(status.permissions) lets others than its owner write to it")
        }
    }

    /// Gives a file that root just made to the one whose state it is.
    private func handOver(_ file: borrowing OpenFile, _ status: FileStatus) throws(FileStoreError) {
        guard file.fileSystem.effectiveUser == 0, status.owner == 0, status.size == 0 else { return }
        let owner = try state.clients.status()
        guard owner.owner != 0 else { return }
        do throws(FileStoreError) {
            try file.fileSystem.changeOwner(of: file.descriptor, to: owner.owner, group: owner.group)
        } catch  where error.errno == .notPermitted {
            // A confined worker of root's may not, and need not: no other user's process writes there then.
            return
        }
        // Before there is a line in it, so that none can be where the service could not add to it.
        try file.sync()
    }

    /// Runs calls whose failure is the audit's.
    private func attempt<Result>(_ calls: () throws(FileStoreError) -> Result) throws(StorageError) -> Result {
        do throws(FileStoreError) {
            return try calls()
        } catch {
            if case .syncFailed(let text) = error.storageError { throw .syncFailed("the audit \(path): \(text)") }
            throw .unaudited("the audit \(path) cannot be written: \(error)")
        }
    }
}

private let newline = UInt8(ascii: "\n")
