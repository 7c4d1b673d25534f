import SystemPackage

/// An open file that closes with its owner. Lock descriptors are of this kind too: opened by the process that locks.
package struct OpenFile: ~Copyable {
    package let fileSystem: any FileSystem
    package let descriptor: Int32

    /// Opens a file of a directory.
    package init(_ name: String, in directory: borrowing Directory, for use: FileUse) throws(FileStoreError) {
        let descriptor = try directory.fileSystem.open(name, in: directory.descriptor, for: use)
        self.fileSystem = directory.fileSystem
        self.descriptor = descriptor
    }

    deinit {
        fileSystem.close(descriptor)
    }

    /// What the file system says about it now.
    package func status() throws(FileStoreError) -> FileStatus {
        try fileSystem.status(of: descriptor)
    }

    /// Whether it still has a name, by which other processes find it.
    package func isLinked() throws(FileStoreError) -> Bool {
        try fileSystem.linkCount(of: descriptor) > 0
    }

    /// Reads up to `count` bytes at an offset; fewer only at the end of the file.
    package func read(_ count: Int, at offset: Int64) throws(FileStoreError) -> [UInt8] {
        var bytes = try fileSystem.read(count, at: offset, from: descriptor)
        while bytes.count < count, !bytes.isEmpty {
            let more = try fileSystem.read(count - bytes.count, at: offset + Int64(bytes.count), from: descriptor)
            if more.isEmpty { break }
            bytes += more
        }
        return bytes
    }

    /// Writes all of the bytes at an offset.
    package func write(_ bytes: [UInt8], at offset: Int64) throws(FileStoreError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = try fileSystem.write(rest, at: offset + Int64(rest.startIndex), to: descriptor)
            // A file never writes none at all; a retry could go on for ever.
            if count <= 0 { throw FileStoreError("pwrite", .ioError) }
            rest = rest.dropFirst(count)
        }
    }

    /// Puts its content on the disk (`fdatasync(2)`); a failure is final.
    package func syncData() throws(FileStoreError) {
        try fileSystem.syncData(descriptor)
    }

    /// Puts its content and its attributes on the disk (`fsync(2)`); a failure is final.
    package func sync() throws(FileStoreError) {
        try fileSystem.sync(descriptor)
    }

    /// Runs the body while no other process holds this file's lock (`flock(2)`).
    package func withExclusiveLock<Result>(_ body: () throws(FileStoreError) -> Result) throws(FileStoreError) -> Result
    {
        try fileSystem.lock(descriptor)
        defer { fileSystem.unlock(descriptor) }
        return try body()
    }
}
