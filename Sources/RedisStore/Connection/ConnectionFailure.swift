import Linux

/// Why a connection to an engine member gave no answer.
enum ConnectionFailure: Error, Equatable, CustomStringConvertible {
    /// It could not be made, or broke.
    case failed(SystemCallFailure)
    /// The member closed it.
    case closed
    /// The answer did not come in time, and must not be believed if it comes later: another member may have taken the
    /// slot over meanwhile.
    case late
    /// What came is not the protocol, or is longer than any answer to what was asked.
    case malformed

    var description: String {
        switch self {
        case .failed(let failure): failure.description
        case .closed: "the member closed the connection"
        case .late: "no answer within \(RedisConnection.patience / .milliseconds(1)) ms"
        case .malformed: "the answer is not of the Redis protocol, or too long"
        }
    }
}
