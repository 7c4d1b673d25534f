import Glibc
import GrantCore
import SystemPackage

/// Reads the files of `keys/`.
enum SigningKeyFiles {
    /// The directory's name.
    static let directory = "keys"

    /// A key, and what shows whether its file is still the same.
    struct Entry {
        let key: SigningKey
        /// The file's name.
        let name: String
        /// The file's status before it was read.
        let status: FileStatus
    }

    /// Opens the directory; nil if there is none, so no key either.
    ///
    /// - Throws: if others than the state's owner can use it.
    static func open(in root: borrowing Directory) throws(FileStoreError) -> Directory? {
        let opened: Directory
        do throws(FileStoreError) {
            opened = try Directory(directory, in: root)
        } catch  where error.errno == .noSuchFileOrDirectory {
            return nil
        }
        try requireOurs(opened.status(), directory, mode: "700", owner: root.status().owner)
        return opened
    }

    /// All keys, the one that is to sign leading: the newest by the time at which it becomes active.
    ///
    /// - Throws: if one cannot be read, or its file is not its owner's alone: a worker must not sign by another instead.
    static func all(in directory: borrowing Directory) throws(FileStoreError) -> [Entry] {
        let owner = try directory.status().owner
        var entries: [Entry] = []
        for name in try directory.names() where name.hasSuffix(SigningKey.fileEnding) && !name.hasPrefix(".") {
            // A key that has been removed since the names were read is not an error.
            if let entry = try entry(named: name, in: directory, owner: owner) { entries.append(entry) }
        }
        return entries.sorted { rank($0.key) > rank($1.key) }
    }

    private static func rank(_ key: SigningKey) -> (Timestamp, Timestamp, Timestamp, String) {
        let end = key.schedule.retiredAt ?? Timestamp(microseconds: .max)
        return (key.schedule.activeAt, key.schedule.createdAt, end, key.id)
    }

    private static func entry(
        named name: String,
        in directory: borrowing Directory,
        owner: UInt32
    ) throws(FileStoreError) -> Entry? {
        let path = "\(Self.directory)/\(name)"
        let file: OpenFile
        do throws(FileStoreError) {
            file = try OpenFile(name, in: directory, for: .reading)
        } catch  where error.errno == .noSuchFileOrDirectory {
            return nil
        } catch {
            throw .unsuitable("\(path) cannot be opened: \(error)")
        }
        let status = try file.status()
        guard status.mode & S_IFMT == S_IFREG else { throw .unsuitable("\(path) is not a regular file") }
        try requireOurs(status, path, mode: "600", owner: owner)
        let bytes = try file.read(SigningKey.sizeLimit + 1, at: 0)
        do throws(SigningKey.Unusable) {
            guard bytes.count <= SigningKey.sizeLimit else {
                throw SigningKey.Unusable(reason: "is longer than \(SigningKey.sizeLimit) bytes")
            }
            return Entry(key: try SigningKey(bytes, named: name), name: name, status: status)
        } catch {
            throw .unsuitable("\(path) \(error.reason)")
        }
    }

    private static func requireOurs(
        _ status: FileStatus,
        _ path: String,
        mode: String,
        owner: UInt32
    ) throws(FileStoreError) {
        guard status.isPrivate else {
            throw .unsuitable(
                "\(path) has the mode \(status.permissions), so others than its owner can use it: chmod \(mode)"
            )
        }
        guard status.owner == owner else {
            throw .unsuitable(
                "\(path) belongs to user \(status.owner), not to user \(owner), whose the state is: chown it"
            )
        }
    }
}
