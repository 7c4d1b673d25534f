import SystemPackage

/// Makes what is missing in a state directory, and syncs it before anything is kept there.
///
/// A marker stands in it meanwhile. Who finds it, left by a process that was killed or a power cut, does all of it again.
enum StateCreation {
    private static let marker = ".making"
    private static let parts = ["clients", "tokens", "assertions"]

    /// Makes what is missing; under the directory's lock, so that all processes that start at once come by the same key.
    static func complete(
        in root: borrowing Directory,
        path: String,
        random: (Int) -> [UInt8]
    ) throws(StateError) {
        try root.withExclusiveLock(path) { () throws(StateError) in
            let isDone = try StateError.attempt(path) { () throws(FileStoreError) in try isComplete(root) }
            if isDone { return }
            try StateError.attempt(path) { () throws(FileStoreError) in try mark(root) }
            for part in parts {
                try StateError.attempt("\(path)/\(part)") { () throws(FileStoreError) in try make(part, in: root) }
            }
            try StateKey.make(in: root, path: path, random: random)
            try StateError.attempt(path) { () throws(FileStoreError) in
                try root.sync()
                try root.syncParent()
                _ = try root.unlink(marker)
            }
        }
    }

    private static func isComplete(_ root: borrowing Directory) throws(FileStoreError) -> Bool {
        for name in parts + [StateKey.name] where try root.status(of: name) == nil { return false }
        return try root.status(of: marker) == nil
    }

    /// Sets the marker, on the disk before anything else is.
    private static func mark(_ root: borrowing Directory) throws(FileStoreError) {
        if try root.status(of: marker) == nil { _ = try OpenFile(marker, in: root, for: .updatingOrCreating) }
        try root.sync()
    }

    /// Makes a directory that belongs to the state's owner, if it is missing. Its name is not yet on the disk.
    static func make(_ part: String, in root: borrowing Directory) throws(FileStoreError) {
        _ = try root.fileSystem.makeDirectory(part, in: root.descriptor)
        let made = try Directory(part, in: root)
        try made.handOver(to: root.status())
        try made.sync()
    }
}

extension Directory {
    /// Gives a directory that root made to the one whose state it is.
    fileprivate func handOver(to owner: FileStatus) throws(FileStoreError) {
        guard fileSystem.effectiveUser == 0, owner.owner != 0 else { return }
        try fileSystem.changeOwner(of: descriptor, to: owner.owner, group: owner.group)
    }

    /// Puts this directory's own name on the disk.
    fileprivate func syncParent() throws(FileStoreError) {
        do throws(FileStoreError) {
            try Directory("..", in: self).sync()
        } catch  where [.permissionDenied, .readOnlyFileSystem, .invalidArgument].contains(error.errno) {
            // Where we may not look, or nothing can be synced, we have not made it either.
        }
    }

    fileprivate func withExclusiveLock(
        _ path: String,
        _ body: () throws(StateError) -> Void
    ) throws(StateError) {
        try StateError.attempt(path) { () throws(FileStoreError) in try fileSystem.lock(descriptor) }
        defer { fileSystem.unlock(descriptor) }
        try body()
    }
}
