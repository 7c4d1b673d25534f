import Glibc
package import Linux

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
        // In this order: a socket from systemd is on descriptor 3 itself.
        try ProcessStart.start(
            path,
            arguments: arguments,
            environment: environment,
            descriptors: [(socket, STDIN_FILENO), (report, SupervisorLink.descriptor)]
        )
    }
}
