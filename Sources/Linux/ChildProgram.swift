import CLinux
import Glibc
import SystemPackage

/// A program that is run to its end, with bytes on its standard input, and whose output is kept.
package struct ChildProgram {
    private let path: String
    private let arguments: [String]
    private let environment: [String]

    /// Why there is no outcome.
    package enum Fault: Error, Equatable {
        /// It was not started, or a call failed.
        case failed(SystemCallFailure)
        /// It did not end in time, and was killed.
        case tookTooLong
        /// A signal asked this process to stop, and the program was killed.
        case stopped
    }

    /// What came of it.
    package struct Outcome: Sendable, Equatable {
        /// Its exit status; 128 and the signal's number if a signal ended it.
        package var status: Int32
        package var output: [UInt8]
        package var errors: [UInt8]

        /// Describes an outcome.
        package init(status: Int32, output: [UInt8], errors: [UInt8]) {
            self.status = status
            self.output = output
            self.errors = errors
        }
    }

    /// The most of each output that is kept, in bytes. The rest is read and forgotten.
    private static let limit = 16 << 20

    /// A program by its absolute path.
    ///
    /// - Parameter arguments: without its name.
    package init(path: String, arguments: [String], environment: [String: String]) {
        self.path = path
        self.arguments = [path] + arguments
        self.environment = environment.map { "\($0.key)=\($0.value)" }
    }

    /// Runs it.
    ///
    /// - Parameters:
    ///   - input: what it reads; its standard input ends there.
    ///   - stop: a descriptor that becomes readable when this process is asked to stop; nil if none does.
    package func run(
        input: [UInt8] = [],
        within limit: Duration,
        stop: Int32? = nil
    ) throws(Fault) -> Outcome {
        let process: Int32
        let reading: Descriptor
        let failing: Descriptor
        do throws(SystemCallFailure) {
            // A file and no pipe: a program that does not read all of it cannot hold up this one.
            let file = try MemoryFile.holding(input)
            let output = try Pipe()
            let errors = try Pipe()
            process = try start(
                input: file.descriptor.number,
                output: output.writing.number,
                errors: errors.writing.number
            )
            reading = output.readingEnd()
            failing = errors.readingEnd()
        } catch {
            throw .failed(error)
        }
        return try watch(process, reading, failing, until: .now + limit, stop: stop)
    }

    private func start(input: Int32, output: Int32, errors: Int32) throws(SystemCallFailure) -> Int32 {
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
        for (descriptor, number) in [(input, STDIN_FILENO), (output, STDOUT_FILENO), (errors, STDERR_FILENO)] {
            unsafe posix_spawn_file_actions_adddup2(&actions, descriptor, number)
        }
        unsafe posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1)
        unsafe sigemptyset(&signals)
        unsafe posix_spawnattr_setsigmask(&attributes, &signals)
        unsafe posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        let result = unsafe withCStrings(arguments) { arguments in
            unsafe withCStrings(environment) { environment in
                unsafe posix_spawn(&process, path, &actions, &attributes, arguments, environment)
            }
        }
        guard result == 0 else { throw SystemCallFailure("posix_spawn", Errno(rawValue: result)) }
        return process
    }

    /// Takes what the program writes until both of its outputs end.
    private func watch(
        _ process: Int32,
        _ output: borrowing Descriptor,
        _ errors: borrowing Descriptor,
        until deadline: ContinuousClock.Instant,
        stop: Int32?
    ) throws(Fault) -> Outcome {
        var outcome = Outcome(status: 0, output: [], errors: [])
        var (isOutputOpen, areErrorsOpen) = (true, true)
        while isOutputOpen || areErrorsOpen {
            let open = (isOutputOpen ? [output.number] : []) + (areErrorsOpen ? [errors.number] : [])
            try? waitToRead(open + (stop.map { [$0] } ?? []), until: deadline)
            if let stop, Self.isReadable(stop) { throw Self.end(process, .stopped) }
            if deadline <= .now { throw Self.end(process, .tookTooLong) }
            if isOutputOpen { isOutputOpen = Self.take(output, &outcome.output) }
            if areErrorsOpen { areErrorsOpen = Self.take(errors, &outcome.errors) }
        }
        outcome.status = Self.wait(for: process)
        return outcome
    }

    private static func end(_ process: Int32, _ fault: Fault) -> Fault {
        kill(process, SIGKILL)
        _ = wait(for: process)
        return fault
    }

    private static func wait(for process: Int32) -> Int32 {
        var status: Int32 = 0
        // Sound: the call fills a local value.
        while unsafe waitpid(process, &status, 0) < 0 {
            if errno != EINTR { return 127 }
        }
        return status & 0x7F == 0 ? (status >> 8) & 0xFF : 128 + (status & 0x7F)
    }

    private static func isReadable(_ descriptor: Int32) -> Bool {
        var polled = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        // Sound: poll fills a local value.
        return unsafe poll(&polled, 1, 0) > 0
    }

    /// Reads what is there.
    ///
    /// - Returns: whether more may come.
    private static func take(_ descriptor: borrowing Descriptor, _ bytes: inout [UInt8]) -> Bool {
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            // Sound: read fills the array up to its own count.
            let count = unsafe read(descriptor.number, &chunk, chunk.count)
            if count == 0 { return false }
            guard count > 0 else { return errno == EAGAIN || errno == EINTR }
            bytes += chunk.prefix(min(count, limit - min(limit, bytes.count)))
        }
    }
}
