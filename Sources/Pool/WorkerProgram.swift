import CLinux
import Glibc
package import Linux
import SystemPackage

/// What a supervisor runs as a worker: the program that it is itself, whatever lies there by then.
package struct WorkerProgram {
    private let path: String
    private let arguments: [String]
    private let environment: [String]

    /// What concerns the process that a service manager started, and it alone.
    private static let supervisorsOwn: Set<String> = [
        "LISTEN_FDS", "LISTEN_PID", "LISTEN_FDNAMES", "NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID",
    ]

    /// A program that gets these arguments, and what shows it to be a worker of this process.
    ///
    /// - Parameters:
    ///   - path: an absolute path.
    ///   - arguments: without the program's name.
    ///   - environment: of this process.
    package init(path: String, arguments: [String], environment: [String: String]) {
        self.path = path
        self.arguments = [path, "--supervisor", "\(getpid())"] + arguments
        self.environment = environment.filter { !Self.supervisorsOwn.contains($0.key) }.map { "\($0.key)=\($0.value)" }
    }

    /// Starts a worker (`posix_spawn(3)`) with no signals blocked or ignored and no descriptors but these.
    ///
    /// - Parameters:
    ///   - socket: becomes its descriptor 0.
    ///   - report: becomes its descriptor 3.
    /// - Returns: its process id.
    package func start(socket: Int32, report: Int32) throws(SystemCallFailure) -> Int32 {
        // Sound: the calls initialise, fill, read and destroy local values; the lists of strings live through the start.
        var actions = unsafe posix_spawn_file_actions_t()
        var attributes = posix_spawnattr_t()
        var signals = sigset_t()
        var process: Int32 = -1
        unsafe posix_spawn_file_actions_init(&actions)
        unsafe posix_spawnattr_init(&attributes)
        defer {
            unsafe posix_spawn_file_actions_destroy(&actions)
            unsafe posix_spawnattr_destroy(&attributes)
        }
        // In this order: a socket from systemd is on descriptor 3 itself.
        unsafe posix_spawn_file_actions_adddup2(&actions, socket, STDIN_FILENO)
        unsafe posix_spawn_file_actions_adddup2(&actions, report, SupervisorLink.descriptor)
        unsafe posix_spawn_file_actions_addclosefrom_np(&actions, SupervisorLink.descriptor + 1)
        unsafe sigemptyset(&signals)
        unsafe posix_spawnattr_setsigmask(&attributes, &signals)
        unsafe sigfillset(&signals)
        unsafe posix_spawnattr_setsigdefault(&attributes, &signals)
        unsafe posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
        let result = unsafe withCStrings(arguments) { arguments in
            unsafe withCStrings(environment) { environment in
                unsafe posix_spawn(&process, path, &actions, &attributes, arguments, environment)
            }
        }
        guard result == 0 else { throw SystemCallFailure("posix_spawn", Errno(rawValue: result)) }
        return process
    }
}
