/// The directory that holds everything grantd keeps: `clients/`, `tokens/` and `key`.
///
/// On a local disk only: NFS maps `flock` to byte ranges.
package final class StateDirectory {
    package let clients: Directory
    package let tokens: Directory
    package let key: StateKey

    /// Opens a state directory, making what is missing in it, itself included where its parent is there.
    ///
    /// - Throws: where it, or anything directly in it, is not private to its owner, or belongs to another user (root may
    ///   open any user's).
    package init(path: String, fileSystem: any FileSystem = KernelFileSystem()) throws(StateError) {
        let root = try StateError.attempt(path) { () throws(IOFailure) in
            _ = try fileSystem.makeDirectory(path, in: nil)
            return try Directory(path: path, fileSystem: fileSystem)
        }
        try root.requirePrivate(path)
        clients = try root.part("clients", of: path)
        tokens = try root.part("tokens", of: path)
        key = try StateKey(in: root, path: path)
    }
}

extension Directory {
    /// Opens a directory in this one, and makes it where it is missing, for the one whose state it is.
    fileprivate func part(_ name: String, of path: String) throws(StateError) -> Directory {
        let partPath = "\(path)/\(name)"
        let part = try StateError.attempt(partPath) { () throws(IOFailure) in
            let isNew = try fileSystem.makeDirectory(name, in: descriptor)
            let part = try Directory(name, in: self)
            if isNew {
                try part.handOver(to: status())
                try sync()
            }
            return part
        }
        try part.requirePrivate(partPath)
        return part
    }

    /// Gives a directory that root made to the one whose state it is.
    private func handOver(to owner: FileStatus) throws(IOFailure) {
        guard fileSystem.effectiveUser == 0, owner.owner != 0 else { return }
        try fileSystem.changeOwner(of: descriptor, to: owner.owner, group: owner.group)
    }

    fileprivate func requirePrivate(_ path: String) throws(StateError) {
        let status: FileStatus = try StateError.attempt(path) { () throws(IOFailure) in try self.status() }
        try status.requirePrivate(path, user: fileSystem.effectiveUser)
    }
}
