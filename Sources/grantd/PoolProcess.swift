import Counters
import Gateway
import Glibc
import Linux
import Logging
import Pool

/// Runs a pool in this process, from the making of its socket to its end.
struct PoolProcess {
    let source: PoolSource
    let size: Int
    let environment: [String: String]
    let logger: Logger
    /// What the settings say now; nil if they cannot be read.
    let reloadLogLevel: () -> Logger.Level?
    /// Where the pool's state is counted; nil if nothing is.
    let counters: PoolCounters?

    /// Returns once the pool has been told to stop, and has.
    func run() throws(ProgramFailure) {
        let end: SupervisorEnd
        do throws(PoolError) {
            Self.fillStandardDescriptors()
            let socket = try makeSocket()
            if socket.isReachableFromElsewhere, environment[WebServerAddresses.variable] == nil {
                logger.warning(
                    "the socket is open to other machines",
                    metadata: [
                        "socket": "\(source.description)",
                        "reason": """
                        a peer on it may claim any address and TLS: name your web servers in \
                        \(WebServerAddresses.variable), or listen on a unix socket
                        """,
                    ]
                )
            }
            end = try superviseWorkers(on: socket)
        } catch {
            throw ProgramFailure(error.exitStatus, ([error.description] + source.advice).joined(separator: "\n"))
        }
        guard case .neverServed(let failure) = end else { return }
        let status = failure.end == .exit(ExitStatus.usage.rawValue) ? ExitStatus.usage : .inputOutput
        throw ProgramFailure(status, "no worker started: \(failure.cause)")
    }

    private func makeSocket() throws(PoolError) -> PoolSocket {
        switch source {
        case .made(let address, let group): try .listening(on: address, group: group)
        case .inherited(let descriptor): try .init(inherited: descriptor)
        }
    }

    private func superviseWorkers(on socket: consuming PoolSocket) throws(PoolError) -> SupervisorEnd {
        do throws(SystemCallFailure) {
            var supervisor = try Supervisor(
                size: size,
                program: WorkerProgram(
                    path: ProgramPath.current(),
                    arguments: Array(CommandLine.arguments.dropFirst()),
                    environment: environment
                ),
                socket: socket,
                manager: ServiceManager(environment: environment),
                log: PoolLog(logger),
                reloadLogLevel: reloadLogLevel,
                observe: { counters?.changed(PoolCounters.Census($0)) }
            )
            return try supervisor.run(on: source.description)
        } catch {
            throw .failed("supervise workers", error)
        }
    }

    /// Puts `/dev/null` where standard input, output or error are closed, lest a socket of ours becomes one of them.
    private static func fillStandardDescriptors() {
        // Sound: the call reads a constant.
        while case let number = unsafe open("/dev/null", O_RDWR), number >= 0 {
            if number > STDERR_FILENO {
                close(number)
                return
            }
        }
    }
}

extension PoolCounters.Census {
    fileprivate init(_ census: PoolCensus) {
        self.init()
        size = census.size
        starting = census.starting
        serving = census.serving
        stopping = census.stopping
        restarts = census.restarts
    }
}
