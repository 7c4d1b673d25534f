import ArgumentParser
import Linux
import SystemPackage

/// Why a worker is not healthy.
enum HealthProblem: Problem {
    /// The socket's path is empty or too long.
    case unusablePath(String)
    /// The worker cannot be asked, or does not answer in time.
    case unreachable(path: String, SystemCallFailure)
    /// It ended the connection without a whole answer.
    case broken(path: String)
    /// It answered that it cannot serve: its body.
    case unhealthy(String)

    var exitCode: ExitCode {
        switch self {
        case .unusablePath: .usage
        case .unreachable, .broken, .unhealthy: .refused
        }
    }

    var description: String {
        switch self {
        case .unusablePath(let path):
            "\(path) is not the path of a unix socket: it has 1 to \(UnixAddress.longestPath) bytes"
        case .unreachable(let path, let failure) where failure.errno == .wouldBlock:
            "no worker answers on \(path) in time"
        case .unreachable(let path, let failure):
            "no worker can be asked on \(path): \(failure); run systemctl start grantd, or name the socket by --socket"
        case .broken(let path): "what listens on \(path) does not answer as grantd does"
        case .unhealthy(let body): "a worker cannot serve: \(body)"
        }
    }
}
