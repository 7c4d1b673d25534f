import ArgumentParser
import Gateway
import Linux
import Pool
import Remedies
import SystemPackage

/// The options with which grantd starts its own workers.
struct PoolOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Create a socket there and serve it with a pool of workers.",
            valueName: "unix:path|host:port"
        ),
        completion: .list(["unix:/run/grantd/grantd.sock", "127.0.0.1:9000"])
    )
    var listen: ListenAddress?
    @Option(
        help: ArgumentHelp(
            "The number of workers; auto is one for each core. (default: auto)",
            valueName: "number|auto"
        ),
        completion: .list(["auto", "1", "2", "4", "8"])
    )
    var workers: WorkerCount?
    @Option(
        help: ArgumentHelp("The group that may use the unix socket, besides the user.", valueName: "group"),
        completion: .shellCommand("getent group | cut -d: -f1")
    )
    var socketGroup: String?

    /// Marks a worker: the process id of the supervisor that started it.
    @Option(help: .hidden)
    var supervisor: Int32?

    func validate() throws {
        guard socketGroup != nil else { return }
        guard case .unix = listen else { throw ValidationError("--socket-group needs --listen unix:path") }
    }

    /// The tie to this process's supervisor; nil if it has none.
    func link() throws(ProgramFailure) -> SupervisorLink? {
        guard let supervisor else { return nil }
        do throws(SystemCallFailure) {
            return try SupervisorLink(to: supervisor)
        } catch {
            throw ProgramFailure(.usage, "this process is not a worker of \(supervisor), or that has ended: \(error)")
        }
    }

    /// The socket of the pool that this process is to run; nil if it is to run none.
    func source(environment: [String: String]) throws(ProgramFailure) -> PoolSource? {
        do throws(PoolError) {
            return try PoolSource(
                listen: listen,
                group: socketGroup,
                handed: InheritedSocket.fromServiceManager(environment: environment),
                isPoolAskedFor: workers != nil
            )
        } catch {
            throw ProgramFailure(error.exitStatus, ([error.description] + adviceOnSocket).joined(separator: "\n"))
        }
    }

    /// What keeps this process from making its socket, and the remedy.
    private var adviceOnSocket: [String] {
        guard case .unix(let path)? = listen else { return [] }
        return SiteAdvice.lines(onSocket: path)
    }
}

extension ListenAddress: ExpressibleByArgument {}

extension WorkerCount: ExpressibleByArgument {}
