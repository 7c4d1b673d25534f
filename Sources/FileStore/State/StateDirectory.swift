/// The directory that holds everything grantd keeps: `clients/`, `tokens/`, `key` and `guesses`.
///
/// On a local disk only: NFS maps `flock` to byte ranges.
package final class StateDirectory {
    /// The directory itself.
    let root: Directory
    package let clients: Directory
    package let tokens: Directory
    package let key: StateKey

    /// Opens a state directory, making what is missing in it, itself included where its parent is there. All that was made
    /// is on the disk when this returns.
    ///
    /// - Parameter random: so many unpredictable bytes, for the key where there is none.
    /// - Throws: where it, or anything directly in it, is not private to its owner, or belongs to another user (root may
    ///   open any user's).
    package init(
        path: String,
        fileSystem: any FileSystem = KernelFileSystem(),
        random: (Int) -> [UInt8] = SecureRandom.bytes
    ) throws(StateError) {
        let root = try StateError.attempt(path) { () throws(IOFailure) in
            _ = try fileSystem.makeDirectory(path, in: nil)
            return try Directory(path: path, fileSystem: fileSystem)
        }
        try root.requirePrivate(path)
        try StateFoundation.complete(in: root, path: path, random: random)
        clients = try root.part("clients", of: path)
        tokens = try root.part("tokens", of: path)
        key = try StateKey(in: root, path: path)
        self.root = root
    }
}

extension Directory {
    /// Opens a directory in this one.
    fileprivate func part(_ name: String, of path: String) throws(StateError) -> Directory {
        let partPath = "\(path)/\(name)"
        let part = try StateError.attempt(partPath) { () throws(IOFailure) in try Directory(name, in: self) }
        try part.requirePrivate(partPath)
        return part
    }

    fileprivate func requirePrivate(_ path: String) throws(StateError) {
        let status: FileStatus = try StateError.attempt(path) { () throws(IOFailure) in try self.status() }
        try status.requirePrivate(path, user: fileSystem.effectiveUser)
    }
}
