package import GrantCore
import SystemPackage

/// The directory that holds everything grantd keeps: `clients/`, `tokens/`, `keys/`, `assertions/`, `key` and `guesses`.
///
/// On a local disk only: NFS maps `flock` to byte ranges.
package final class StateDirectory {
    /// The directory itself.
    let root: Directory
    package let clients: Directory
    package let tokens: Directory
    package let key: StateKey
    private let path: String
    private var opened: [String: FileStatus] = [:]
    private var lastLooks = [LastLook](repeating: LastLook(), count: Part.allCases.count)

    /// Opens a state directory, making what is missing in it, itself included where its parent is there. All that was made
    /// is on the disk when this returns.
    ///
    /// - Parameter random: so many unpredictable bytes, for the key if there is none.
    /// - Throws: if it, or anything directly in it, is not private to its owner, or belongs to another user (root may
    ///   open any user's).
    package init(
        path: String,
        fileSystem: any FileSystem = KernelFileSystem(),
        random: (Int) -> [UInt8] = SecureRandom.bytes
    ) throws(StateError) {
        let root = try StateError.attempt(path) { () throws(FileStoreError) in
            _ = try fileSystem.makeDirectory(path, in: nil)
            return try Directory(path: path, fileSystem: fileSystem)
        }
        try root.requirePrivate(path)
        try StateCreation.complete(in: root, path: path, random: random)
        clients = try root.part("clients", of: path)
        tokens = try root.part("tokens", of: path)
        key = try StateKey(in: root, path: path)
        self.root = root
        self.path = path
        try StateError.attempt(path) { () throws(FileStoreError) in try seeNames(at: fileSystem.now) }
    }

    /// Opens a state directory to look at it: nothing is made in it or of it.
    ///
    /// - Throws: if it, or a part of it, is missing, not private to its owner, or another user's.
    package init(reading path: String, fileSystem: any FileSystem = KernelFileSystem()) throws(StateError) {
        do throws(StateError) {
            let root = try StateError.attempt(path) { () throws(FileStoreError) in
                try Directory(path: path, fileSystem: fileSystem)
            }
            try root.requirePrivate(path)
            clients = try root.part("clients", of: path)
            tokens = try root.part("tokens", of: path)
            key = try StateKey(in: root, path: path)
            self.root = root
            self.path = path
            try StateError.attempt(path) { () throws(FileStoreError) in try seeNames(at: fileSystem.now) }
        } catch .unusable(let path, let failure) where failure.errno == .noSuchFileOrDirectory {
            throw .missing(path: path)
        }
    }

    /// Opens the directory of used assertions, which a state that an earlier version made has from the first start on.
    func assertions() throws(StateError) -> Directory { try root.part("assertions", of: path) }

    /// Whether a file of this name is in the directory.
    package func hasMark(_ name: String) throws(StorageError) -> Bool {
        try StorageError.attempt { () throws(FileStoreError) in try root.status(of: name) != nil }
    }

    /// Puts an empty file of this name into the directory, on the disk when this returns.
    package func mark(_ name: String) throws(StorageError) {
        try StorageError.attempt { () throws(FileStoreError) in
            try root.withExclusiveLock { () throws(FileStoreError) in try root.publish([], as: name) }
        }
    }

    /// The parts of the directory that are used together.
    enum Part: Int, CaseIterable {
        case clients, tokens, assertions

        /// The names that this takes, besides the directory itself.
        fileprivate var names: [String] {
            switch self {
            case .clients: ["clients"]
            case .tokens: ["tokens", StateKey.name]
            case .assertions: ["assertions"]
            }
        }
    }

    /// Makes sure, once a second at most, that the directory's path and the names in it stand for what is open.
    ///
    /// - Throws: `replaced` where another directory or key has taken a place, or the key is gone: what this
    ///   process knows is not what others see; `missing` where a directory is missing.
    func requireCurrent(_ part: Part, at now: Timestamp) throws(FileStoreError) {
        if lastLooks[part.rawValue].isFresh(at: now) { return }
        let found = try identities(of: [part])
        for name in [""] + part.names {
            let place = name.isEmpty ? path : "\(path)/\(name)"
            guard let found = found[name] else {
                if name == StateKey.name { throw .replaced("\(place) was taken away while it was in use") }
                throw .missing("\(place) is missing")
            }
            guard let opened = opened[name], found.isSameFile(as: opened) else {
                throw .replaced("\(place) was replaced while it was in use")
            }
        }
        lastLooks[part.rawValue].taken(at: now)
    }

    /// What has the directory's own name, the empty one here, and those in the directory that is open.
    private func identities(of parts: [Part]) throws(FileStoreError) -> [String: FileStatus] {
        var identities: [String: FileStatus] = [:]
        identities[""] = try root.fileSystem.status(atPath: path)
        for name in parts.flatMap(\.names) { identities[name] = try root.status(of: name) }
        return identities
    }

    private func seeNames(at now: Timestamp) throws(FileStoreError) {
        opened = try identities(of: Part.allCases)
        for part in Part.allCases { lastLooks[part.rawValue].taken(at: now) }
    }
}

extension Directory {
    /// Opens a directory in this one.
    fileprivate func part(_ name: String, of path: String) throws(StateError) -> Directory {
        let partPath = "\(path)/\(name)"
        let part = try StateError.attempt(partPath) { () throws(FileStoreError) in try Directory(name, in: self) }
        try part.requirePrivate(partPath)
        return part
    }

    fileprivate func requirePrivate(_ path: String) throws(StateError) {
        let status: FileStatus = try StateError.attempt(path) { () throws(FileStoreError) in try self.status() }
        try status.requirePrivate(path, user: fileSystem.effectiveUser)
    }
}
