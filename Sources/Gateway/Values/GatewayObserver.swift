package import Linux

/// Who is told what a gateway has to report. The gateway itself logs nothing.
package protocol GatewayObserver {
    /// Something happened that no handler saw.
    func observe(_ event: GatewayEvent)
    /// The worker's load has changed since its last pass.
    func observe(_ load: GatewayLoad)
}

extension GatewayObserver {
    package func observe(_ load: GatewayLoad) {}
}

/// What a gateway reports. Its descriptions hold no byte of a request.
package enum GatewayEvent: Sendable, Equatable, CustomStringConvertible {
    /// A request did not reach the handler.
    case requestDropped(DroppedRequest)
    /// An answer did not reach the peer: it went away, or read too slowly.
    case answerNotSent(SystemCallFailure)
    /// A connection waits that cannot be accepted now; the worker tries again after a pause.
    case acceptFailed(SystemCallFailure)

    package var description: String {
        switch self {
        case .requestDropped(let reason): "dropped a request: \(reason)"
        case .answerNotSent(let failure): "could not send an answer: \(failure)"
        case .acceptFailed(let failure): "could not accept a connection: \(failure)"
        }
    }
}
