package import Glibc
import Linux

/// The file of a unix socket.
package struct SocketFile {
    /// Bytes of the longest path: it is bound under a name that is longer by one.
    package static let longestPath = UnixAddress.longestPath - 1

    private let path: String
    private let identity: FileIdentity

    /// Binds a socket to a path, for its user and a group alone (mode 0660), and has it listen.
    ///
    /// It appears there whole: bound under another name, it takes the place of a stale one by `rename(2)`.
    package init(at path: String, listening socket: Int32, group: gid_t?) throws(PoolError) {
        let temporary = path + "~"
        guard let address = UnixAddress(path: path), let ownAddress = UnixAddress(path: temporary) else {
            throw .pathTooLong(path: path)
        }
        self.path = path
        // Two that do this at once take turns.
        identity = try DirectoryLock.whileHeld(aroundFile: path) { () throws(PoolError) in
            try Self.makeSureOfRoom(at: path, address)
            if FileIdentity(at: temporary)?.isSocket == true { Self.remove(temporary) }
            try Self.bind(socket, to: ownAddress, path)
            do throws(PoolError) {
                return try Self.publish(socket, at: temporary, as: path, group: group)
            } catch {
                Self.remove(temporary)
                throw error
            }
        }
    }

    /// Removes the file, unless another has taken its place.
    package func remove() {
        // The inode is not given to another file as long as the socket is open.
        if FileIdentity(at: path) == identity { Self.remove(path) }
    }

    private static func remove(_ path: String) {
        // Sound: the call reads a string that lives through it.
        unsafe unlink(path)
    }

    /// The path is free, or a socket is there that no process listens on.
    private static func makeSureOfRoom(at path: String, _ address: UnixAddress) throws(PoolError) {
        guard let there = FileIdentity(at: path) else { return }
        guard there.isSocket else { throw .notASocket(path: path) }
        let probe = try PoolSocket.new(AF_UNIX)
        // The full queue of one that listens would let it wait.
        _ = fcntl(probe.number, F_SETFL, O_NONBLOCK)
        // Sound: the call reads the address that it is handed.
        if unsafe address.withPointer({ unsafe connect(probe.number, $0, $1) }) == 0 { throw .inUse(path) }
        switch errno {
        case ECONNREFUSED, ENOENT: return
        case EAGAIN, EPROTOTYPE: throw .inUse(path)
        default: throw .lastCall("connect", to: "find out whether a process listens on \(path)")
        }
    }

    private static func bind(_ socket: Int32, to address: UnixAddress, _ path: String) throws(PoolError) {
        let mask = umask(0o177)
        // Sound: as above.
        let result = unsafe address.withPointer { unsafe Glibc.bind(socket, $0, $1) }
        let failure = PoolError.lastCall("bind", to: "listen on \(path)")
        umask(mask)
        guard result == 0 else { throw failure }
    }

    private static func publish(
        _ socket: Int32,
        at temporary: String,
        as path: String,
        group: gid_t?
    ) throws(PoolError) -> FileIdentity {
        // Sound: the calls read strings that live through them.
        if let group, unsafe lchown(temporary, uid_t.max, group) != 0 {
            throw .lastCall("chown", to: "give \(path) to the group, of which the user has to be a member")
        }
        guard unsafe chmod(temporary, 0o660) == 0 else { throw .lastCall("chmod", to: "set the mode of \(path)") }
        guard listen(socket, PoolSocket.backlog) == 0 else { throw .lastCall("listen", to: "listen on \(path)") }
        guard let identity = FileIdentity(at: temporary), unsafe rename(temporary, path) == 0 else {
            throw .lastCall("rename", to: "listen on \(path)")
        }
        return identity
    }
}
