import CSeccomp
import Glibc
import SystemPackage

/// What the kernel's Landlock shall deny: every access to files that no rule allows, TCP, and what reaches processes
/// outside by signals and abstract sockets, each as far as its version knows it (`landlock(7)`).
struct LandlockRuleset: ~Copyable {
    private let descriptor: Int32
    private let version: Int

    /// A ruleset without rules.
    ///
    /// - Parameter mayConnect: whether TCP connections may be made.
    /// - Throws: `noFunction` if the kernel has no Landlock, `notSupported` if it is switched off.
    init(mayConnect: Bool = false) throws(Errno) {
        let version = confine_landlock_version()
        guard version > 0 else { throw .lastCall }
        // Of the version's own size: the kernel refuses bits and bytes that it does not know.
        var ruleset = confine_ruleset(files: Self.files(version), network: 0, scopes: 0)
        if version >= 4 { ruleset.network = CONFINE_NET_BIND_TCP | (mayConnect ? 0 : CONFINE_NET_CONNECT_TCP) }
        if version >= 6 { ruleset.scopes = CONFINE_SCOPE_ABSTRACT_UNIX_SOCKET | CONFINE_SCOPE_SIGNAL }
        let members = version >= 6 ? 3 : version >= 4 ? 2 : 1
        // Sound: the call reads within one local structure.
        let descriptor = unsafe confine_create_ruleset(&ruleset, members * MemoryLayout<UInt64>.size)
        guard descriptor >= 0 else { throw .lastCall }
        self.version = version
        self.descriptor = descriptor
    }

    deinit {
        close(descriptor)
    }

    /// Allows to read, write, make, replace and unlink the files beneath a directory, and to make directories in it.
    func allowFiles(beneath directory: FilePath) throws(Errno) {
        // Sound: the path's own bytes, for the time of the call.
        let parent = unsafe directory.withPlatformString { unsafe open($0, O_PATH | O_DIRECTORY | O_CLOEXEC) }
        guard parent >= 0 else { throw .lastCall }
        defer { close(parent) }
        var access = UInt64(
            LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_READ_DIR
                | LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_REMOVE_FILE
        )
        if version >= 3 { access |= CONFINE_FS_TRUNCATE }
        guard confine_allow_beneath(descriptor, parent, access) == 0 else { throw .lastCall }
    }

    /// Holds the calling thread to it, and whatever it starts.
    consuming func enforce() throws(Errno) {
        guard confine_restrict_self(descriptor) == 0 else { throw .lastCall }
    }

    /// Every access to files that a version can deny.
    private static func files(_ version: Int) -> UInt64 {
        var access = (UInt64(LANDLOCK_ACCESS_FS_MAKE_SYM) << 1) - 1
        if version >= 2 { access |= CONFINE_FS_REFER }
        if version >= 3 { access |= CONFINE_FS_TRUNCATE }
        if version >= 5 { access |= CONFINE_FS_IOCTL_DEV }
        return access
    }
}

extension Errno {
    /// What the last failed call of this thread left in `errno(3)`.
    fileprivate static var lastCall: Errno { Errno(rawValue: Glibc.errno) }
}
