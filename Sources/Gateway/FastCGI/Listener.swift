import CFastCGI
import Glibc
import SystemPackage

/// Where a worker's next connection comes from.
struct Listener {
    private let descriptor: Int32
    private let stop: Int32
    private var nextStopCheck = ContinuousClock.now

    /// How often a worker looks for a stop while connections never let it wait, and how long it pauses when it
    /// cannot take one.
    private static let pause = Duration.milliseconds(100)

    /// What comes next.
    enum Next: ~Copyable {
        /// A connection, which never blocks, and when it was accepted.
        case connection(Descriptor, accepted: ContinuousClock.Instant)
        /// The worker is to stop.
        case stop
    }

    /// Takes a listening socket into use; it stays the caller's. Whoever shares it must expect it not to block.
    init(_ descriptor: Int32, stop: Int32) throws(SystemCallFailure) {
        let flags = fcntl(descriptor, F_GETFL)
        guard flags >= 0, fcntl(descriptor, F_SETFL, flags | O_NONBLOCK) == 0 else { throw .last("fcntl") }
        self.descriptor = descriptor
        self.stop = stop
    }

    /// Accepts, and only waits when nobody is there (`accept4(2)`): under load that is one system call.
    ///
    /// - Throws: a failure that trying again would not mend.
    mutating func next(observer: any GatewayObserver) throws(SystemCallFailure) -> Next {
        while true {
            if ContinuousClock.now >= nextStopCheck {
                if try wait(for: nil, orStop: stop, until: .now) == .stop { return .stop }
                nextStopCheck = .now + Self.pause
            }
            let connection = fastcgi_accept(descriptor)
            if connection >= 0 { return .connection(Descriptor(owning: connection), accepted: .now) }
            let failure = SystemCallFailure.last("accept4")
            switch failure.errno {
            case .wouldBlock:
                if try wait(for: descriptor, orStop: stop, until: nil) == .stop { return .stop }
            case .badFileDescriptor, .invalidArgument, .notSocket, .notSupportedOnSocket, .badAddress:
                throw failure
            case .tooManyOpenFiles, .tooManyOpenFilesInSystem, .noBufferSpace, .noMemory:
                // The connection still waits, so waiting for it would be no wait.
                observer.observe(.acceptFailed(failure))
                if try wait(for: nil, orStop: stop, until: .now + Self.pause) == .stop { return .stop }
            default:
                // That connection is gone, not the listener.
                observer.observe(.acceptFailed(failure))
            }
        }
    }
}
