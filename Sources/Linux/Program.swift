import Glibc

/// Another program that is run to its end: its input comes on standard input, so that it is not visible in the list of processes.
package struct Program {
    private let name: String
    private let arguments: [String]
    private let environment: [String]?

    /// What became of a program.
    package struct Outcome: Sendable, Equatable {
        /// The exit status; 128 and the signal's number for one that a signal ended, as shells count.
        package let status: Int32
        /// What it wrote to standard output, up to the limit.
        package let output: [UInt8]
        /// What it wrote to standard error.
        package let errors: [UInt8]
        /// Whether it wrote more than the limit, and was killed for that.
        package let isCut: Bool

        /// Describes an outcome.
        package init(status: Int32, output: [UInt8], errors: [UInt8], isCut: Bool = false) {
            self.status = status
            self.output = output
            self.errors = errors
            self.isCut = isCut
        }
    }

    /// Why there is no outcome. The program is not running any more.
    package enum Failure: Error, Equatable {
        /// It was not started, or a call failed.
        case failed(SystemCallFailure)
        /// It did not end in time, and was killed.
        case tookTooLong
        /// This process was asked to stop, and the program was killed.
        case stopped
    }

    /// A program, found along `PATH` unless its name has a slash.
    ///
    /// - Parameters:
    ///   - arguments: without the program's name.
    ///   - environment: what it gets as its environment; nil for this process's own.
    package init(_ name: String, arguments: [String], environment: [String: String]? = nil) {
        self.name = name
        self.arguments = [name] + arguments
        self.environment = environment.map { $0.map { "\($0.key)=\($0.value)" } }
    }

    /// Runs it with no other descriptors than the standard ones (`waitpid(2)`).
    ///
    /// - Parameters:
    ///   - input: all that it can read.
    ///   - limit: the most bytes of output; one that writes more is killed.
    ///   - duration: the time within which it has to end; nil for any.
    ///   - stop: a descriptor that becomes readable when this process is asked to stop; nil if none does.
    package func run(
        input: [UInt8] = [],
        limit: Int,
        within duration: Duration? = nil,
        stop: Int32? = nil
    ) throws(Failure) -> Outcome {
        var result: Result<[UInt8], Failure>
        let status: Int32
        let said: [UInt8]
        do throws(SystemCallFailure) {
            // Files hold any number of bytes, so neither side waits for the other, and none gets SIGPIPE.
            let given = try MemoryFile.holding(input)
            let errors = try MemoryFile()
            let pipe = try Pipe()
            let deadline = duration.map { ContinuousClock.now + $0 }
            let process = try ProcessStart.start(
                name,
                arguments: arguments,
                environment: environment,
                descriptors: [
                    (given.descriptor.number, STDIN_FILENO), (pipe.writing.number, STDOUT_FILENO),
                    (errors.descriptor.number, STDERR_FILENO),
                ]
            )
            let reading = pipe.readingEnd()
            result = Self.read(reading.number, limit: limit, until: deadline, stop: stop)
            if case .success(let output) = result, output.count <= limit {
                // It has ended its output, but may go on.
                if let failure = Self.waitForEnd(of: process, until: deadline, stop: stop) {
                    result = .failure(failure)
                }
            }
            if case .success(let output) = result, output.count <= limit {} else { kill(process, SIGKILL) }
            status = try Self.status(of: process)
            said = try errors.contents()
        } catch {
            throw .failed(error)
        }
        let output = try result.get()
        return Outcome(
            status: status,
            output: Array(output.prefix(limit)),
            errors: said,
            isCut: output.count > limit
        )
    }

    /// All that comes until the end, or a byte more than the limit.
    private static func read(
        _ descriptor: Int32,
        limit: Int,
        until deadline: ContinuousClock.Instant?,
        stop: Int32?
    ) -> Result<[UInt8], Failure> {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while bytes.count <= limit {
            if let stop, isReadable(stop) { return .failure(.stopped) }
            if let deadline, deadline <= .now { return .failure(.tookTooLong) }
            // Sound: within the array, which is as long as the count says.
            let count = unsafe chunk.withUnsafeMutableBytes { unsafe Glibc.read(descriptor, $0.baseAddress, $0.count) }
            switch count {
            case 1...: bytes += chunk[..<min(count, limit + 1 - bytes.count)]
            case 0: return .success(bytes)
            default:
                guard errno == EAGAIN || errno == EINTR else { return .failure(.failed(.last("read"))) }
                do throws(SystemCallFailure) {
                    try waitToRead([descriptor] + (stop.map { [$0] } ?? []), until: deadline)
                } catch {
                    return .failure(.failed(error))
                }
            }
        }
        return .success(bytes)
    }

    private static func isReadable(_ descriptor: Int32) -> Bool {
        var polled = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        // Sound: poll fills a local value.
        return unsafe poll(&polled, 1, 0) > 0
    }

    /// Waits until a process can be waited for without blocking; it stays to be waited for (`waitid(2)`).
    ///
    /// - Returns: why the wait was given up; nil if the process has ended.
    private static func waitForEnd(
        of process: Int32,
        until deadline: ContinuousClock.Instant?,
        stop: Int32?
    ) -> Failure? {
        if deadline == nil, stop == nil { return nil }
        var pause: Duration = .milliseconds(1)
        while true {
            // Sound: every value of its bytes is one of the structure.
            var information = unsafe siginfo_t()
            // Sound: the call writes one structure. With WNOHANG it leaves si_signo at 0 while the process runs.
            let result = unsafe waitid(P_PID, id_t(process), &information, WEXITED | WNOHANG | WNOWAIT)
            if result < 0, errno != EINTR { return .failed(.last("waitid")) }
            if result == 0, unsafe information.si_signo != 0 { return nil }
            if let stop, isReadable(stop) { return .stopped }
            if let deadline, deadline <= .now { return .tookTooLong }
            let next = min(.now + pause, deadline ?? .now + pause)
            do throws(SystemCallFailure) {
                try waitToRead(stop.map { [$0] } ?? [], until: next)
            } catch {
                return .failed(error)
            }
            pause = min(pause * 2, longestPause)
        }
    }

    /// How long a process that has ended goes unnoticed at most.
    private static let longestPause: Duration = .milliseconds(20)

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
