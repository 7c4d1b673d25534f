import FileStore
import Linux

extension FileStatus {
    private static let kinds: UInt32 = 0o170000

    /// Whether it is a regular file.
    var isFile: Bool { mode & Self.kinds == 0o100000 }
    /// Whether it is a directory.
    var isDirectory: Bool { mode & Self.kinds == 0o040000 }
    /// Whether it is a socket.
    var isSocket: Bool { mode & Self.kinds == 0o140000 }

    /// When its content was last changed, in seconds since 1970.
    var modified: Int64 { modifiedAt / 1_000_000_000 }

    /// What may be done with a file, by its bits in a class of permissions.
    enum Access: UInt32 {
        case write = 0o2
        /// For a directory: to reach what is in it.
        case search = 0o1
    }

    /// Whether a process of the account may do this, by owner, group and mode (`path_resolution(7)`). Access control lists
    /// are not looked at.
    func allows(_ access: Access, to account: Account) -> Bool {
        if account.user == 0 { return true }
        let shift: UInt32 = owner == account.user ? 6 : account.groups.contains(group) ? 3 : 0
        return mode >> shift & access.rawValue != 0
    }
}
