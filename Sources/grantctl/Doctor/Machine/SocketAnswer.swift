import Linux
import SystemPackage

/// What came of a request for the health on a unix socket.
enum SocketAnswer: Equatable {
    /// An answer: its status and the reason that its body gives, if it gives one.
    case health(status: Int, reason: String?)
    /// There is nothing of this name.
    case missing
    /// Nothing listens.
    case refused
    /// This process may not connect.
    case forbidden
    /// Nothing came within the time.
    case silent
    /// What came is not FastCGI.
    case garbled
    /// A call failed, in words.
    case failed(String)
}

extension SocketAnswer {
    /// Asks what listens on a socket, and waits for five seconds at most.
    init(askingOn socket: String) {
        do throws(HealthProblem) {
            let answer = try HealthProbe(socket: socket, timeout: 5).answer()
            self = .health(status: answer.status, reason: JSONMembers(answer.body).string("reason"))
        } catch {
            self.init(error)
        }
    }

    private init(_ problem: HealthProblem) {
        self =
            switch problem {
            case .broken: .garbled
            case .unusablePath, .unhealthy: .failed(problem.description)
            case .unreachable(_, let failure):
                switch failure.errno {
                case .noSuchFileOrDirectory: .missing
                case .connectionRefused: .refused
                case .permissionDenied, .notPermitted: .forbidden
                // The queue of connections is full, or no answer came in time.
                case .wouldBlock, .resourceTemporarilyUnavailable: .silent
                default: .failed(failure.description)
                }
            }
    }
}
