import Pool

/// What the process ends with, by the numbers of `sysexits.h`.
enum ExitStatus: Int32 {
    /// The settings or options are wrong.
    case usage = 64
    /// The state, or the socket, cannot be used.
    case inputOutput = 74
}

extension PoolError {
    /// What the process ends with.
    var exitStatus: ExitStatus {
        switch self {
        case .pathTooLong, .unknownGroup, .unknownHost, .unsuitableSockets, .twoSockets, .noSocket: .usage
        case .inUse, .notASocket, .failed: .inputOutput
        }
    }
}
