import FileStore
import Linux

/// What the doctor sees of a machine: the one seam at which tests put a machine that is broken. Nothing is changed by it.
protocol MachineView {
    /// What a path stands for, symbolic links followed; nil if that is nothing, or if it may not be looked at.
    func status(of path: String) -> FileStatus?
    /// The text of a regular file; nil if it cannot be read or is longer than 4 MiB.
    func text(of path: String) -> String?
    /// The names in a directory, sorted; none if it cannot be read.
    func names(in directory: String) -> [String]
    /// What a symbolic link says (`readlink(2)`); nil if that cannot be read.
    func target(ofLink path: String) -> String?
    /// The file system that a path is on; nil if the kernel does not say.
    func volume(of path: String) -> Volume?
    /// The SELinux label of a file; nil if it has none.
    func label(of path: String) -> String?
    /// A user by name; nil if there is none.
    func account(named name: String) -> Account?
    /// The name of a user, or `user 1234`.
    func userName(_ number: UInt32) -> String
    /// The name of a group, or its number.
    func groupName(_ number: UInt32) -> String
    /// Where a program is; nil if it is nowhere.
    func path(of program: String) -> String?
    /// What came of a program; nil if it is not there, or did not end in time.
    func run(_ program: String, _ arguments: [String]) -> Program.Outcome?
    /// What listens on a unix socket says to a request for the health.
    func health(onSocket path: String) -> SocketAnswer
    /// Seconds since 1970.
    var now: Int64 { get }
    /// Microseconds since the machine started, sleep included.
    var sinceBoot: Int64 { get }
    /// Whether a time service keeps the clock right; nil if the kernel does not say.
    var isClockSynchronised: Bool? { get }
    /// The user that this process runs as.
    var user: UInt32 { get }
}

extension MachineView {
    /// Whether this process may read everything.
    var isRoot: Bool { user == 0 }
}
