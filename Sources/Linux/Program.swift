import CLinux
import Glibc
import SystemPackage

/// Another program that is run to its end: what it is told comes on its standard input, which no list of processes shows.
package struct Program {
    private let name: String
    private let arguments: [String]

    /// What became of a program.
    package struct Outcome {
        /// The exit status; 128 and the signal's number for one that a signal ended, as shells count.
        package let status: Int32
        /// What it wrote to standard output, up to the limit.
        package let output: [UInt8]
        /// What it wrote to standard error.
        package let errors: [UInt8]
        /// Whether it wrote more than the limit, and was killed for that.
        package let isCut: Bool
    }

    /// A program, found along `PATH` unless its name has a slash.
    ///
    /// - Parameter arguments: without the program's name.
    package init(_ name: String, arguments: [String]) {
        self.name = name
        self.arguments = [name] + arguments
    }

    /// Runs it with this process's environment and no other descriptors (`posix_spawnp(3)`, `waitpid(2)`).
    ///
    /// - Parameters:
    ///   - input: all that it can read.
    ///   - limit: the most bytes of output; one that writes more is killed.
    package func run(input: [UInt8], limit: Int) throws(SystemCallFailure) -> Outcome {
        // Files hold any number of bytes, so neither side waits for the other, and none gets SIGPIPE.
        let given = try MemoryFile.holding(input)
        let errors = try MemoryFile()
        let pipe = try Pipe()
        let process = try start(
            input: given.descriptor.number,
            output: pipe.writing.number,
            errors: errors.descriptor.number
        )
        let reading = pipe.readingEnd()
        let output: [UInt8]
        do throws(SystemCallFailure) {
            output = try Self.read(reading.number, limit: limit)
        } catch {
            kill(process, SIGKILL)
            _ = try Self.status(of: process)
            throw error
        }
        let isCut = output.count > limit
        if isCut { kill(process, SIGKILL) }
        let status = try Self.status(of: process)
        return Outcome(status: status, output: Array(output.prefix(limit)), errors: try errors.contents(), isCut: isCut)
    }

    private func start(input: Int32, output: Int32, errors: Int32) throws(SystemCallFailure) -> Int32 {
        // Sound: the calls initialise, fill, read and destroy local values; the strings live through the start.
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
        unsafe posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO)
        unsafe posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)
        unsafe posix_spawn_file_actions_adddup2(&actions, errors, STDERR_FILENO)
        unsafe posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1)
        unsafe sigemptyset(&signals)
        unsafe posix_spawnattr_setsigmask(&attributes, &signals)
        unsafe sigfillset(&signals)
        unsafe posix_spawnattr_setsigdefault(&attributes, &signals)
        unsafe posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
        let result = unsafe withCStrings(arguments) { arguments in
            unsafe posix_spawnp(&process, name, &actions, &attributes, arguments, linux_environment())
        }
        guard result == 0 else { throw SystemCallFailure("posix_spawnp", Errno(rawValue: result)) }
        return process
    }

    /// All that comes until the end, or a byte more than the limit.
    private static func read(_ descriptor: Int32, limit: Int) throws(SystemCallFailure) -> [UInt8] {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65536)
        while bytes.count <= limit {
            // Sound: within the array, which is as long as the count says.
            let count = unsafe chunk.withUnsafeMutableBytes { unsafe Glibc.read(descriptor, $0.baseAddress, $0.count) }
            switch count {
            case 1...: bytes += chunk[..<min(count, limit + 1 - bytes.count)]
            case 0: return bytes
            default:
                guard errno == EAGAIN || errno == EINTR else { throw .last("read") }
                try waitToRead([descriptor], until: nil)
            }
        }
        return bytes
    }

    private static func status(of process: Int32) throws(SystemCallFailure) -> Int32 {
        var status: Int32 = 0
        // Sound: the call writes one integer.
        while unsafe waitpid(process, &status, 0) < 0 {
            guard errno == EINTR else { throw .last("waitpid") }
        }
        // As WIFEXITED, WEXITSTATUS and WTERMSIG have it (wait(2)).
        return status & 0x7F == 0 ? (status >> 8) & 0xFF : 128 + status & 0x7F
    }
}
