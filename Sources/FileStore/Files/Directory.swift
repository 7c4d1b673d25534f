/// An open directory: what is in it is named relative to it, so a concurrent rename or symlink cannot redirect us.
package struct Directory: ~Copyable {
    package let fileSystem: any FileSystem
    package let descriptor: Int32

    /// Opens a directory by a path of the administrator's.
    package init(path: String, fileSystem: any FileSystem) throws(FileStoreError) {
        let descriptor = try fileSystem.open(path, in: nil, for: .directory)
        self.fileSystem = fileSystem
        self.descriptor = descriptor
    }

    /// Opens a directory inside another.
    package init(_ name: String, in parent: borrowing Directory) throws(FileStoreError) {
        let descriptor = try parent.fileSystem.open(name, in: parent.descriptor, for: .directory)
        self.fileSystem = parent.fileSystem
        self.descriptor = descriptor
    }

    deinit {
        fileSystem.close(descriptor)
    }

    /// What the file system says about it now.
    package func status() throws(FileStoreError) -> FileStatus {
        try fileSystem.status(of: descriptor)
    }

    /// What the file system says about a name in it; nil if there is none.
    package func status(of name: String) throws(FileStoreError) -> FileStatus? {
        try fileSystem.status(of: name, in: descriptor)
    }

    /// The names in it, in no order.
    package func names() throws(FileStoreError) -> [String] {
        try fileSystem.names(in: descriptor)
    }

    /// Takes a name away; false if there was none.
    package func unlink(_ name: String) throws(FileStoreError) -> Bool {
        try fileSystem.unlink(name, in: descriptor)
    }

    /// Puts its names on the disk (`fsync(2)`); a failure is final.
    package func sync() throws(FileStoreError) {
        try fileSystem.sync(descriptor)
    }

    /// Runs the body while no other process holds this directory's lock (`flock(2)`).
    package func withExclusiveLock<Result>(_ body: () throws(FileStoreError) -> Result) throws(FileStoreError) -> Result
    {
        try fileSystem.lock(descriptor)
        defer { fileSystem.unlock(descriptor) }
        return try body()
    }

    /// Puts a file of mode 0600 in place, whole or not at all, on the disk when this returns.
    ///
    /// To be called under the directory's lock: the file in the making has one name. Where root does this, the file
    /// becomes the directory owner's, so that the service can read it.
    package func publish(_ bytes: [UInt8], as name: String) throws(FileStoreError) {
        let draft = ".publishing"
        do {
            // One that was left by root, killed at this, is not ours to write to.
            _ = try unlink(draft)
            let file = try OpenFile(draft, in: self, for: .creating)
            let owner = try status()
            if fileSystem.effectiveUser == 0, owner.owner != 0 {
                try fileSystem.changeOwner(of: file.descriptor, to: owner.owner, group: owner.group)
            }
            try file.write(bytes, at: 0)
            try file.sync()
            try fileSystem.rename(draft, to: name, in: descriptor)
        } catch {
            // The draft is useless now; the failure that is reported is the first one.
            _ = try? fileSystem.unlink(draft, in: descriptor)
            throw error
        }
        try sync()
    }
}
