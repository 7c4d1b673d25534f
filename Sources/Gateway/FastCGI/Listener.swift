import CLinux
import Glibc
import Linux
import SystemPackage

/// The socket that new connections come from, shared with other workers.
struct Listener {
    let descriptor: Int32
    /// Whether the event queue watches it.
    private var isWatched = false
    /// When it is watched again, after a pause.
    private(set) var pausedUntil: ContinuousClock.Instant?

    /// How long a worker that has no room takes no connection.
    private static let pause = Duration.milliseconds(100)

    /// What came of a look.
    enum Accepted: ~Copyable {
        /// A connection, which never blocks.
        case connection(Descriptor)
        /// No connection is waiting, or another worker was quicker.
        case noneWaiting
        /// A connection is waiting, and this process or this machine has no room for it.
        case noRoom(SystemCallFailure)
        /// The peer that was waiting is gone.
        case gone(SystemCallFailure)
    }

    private let webServers: WebServerAddresses?
    private var hasRefused = false

    /// Takes a listening socket into use; it stays the caller's. Every process that shares it gets it non-blocking.
    ///
    /// - Parameter webServers: who may connect over TCP; nil for all.
    init(_ descriptor: Int32, webServers: WebServerAddresses? = nil) throws(SystemCallFailure) {
        let flags = fcntl(descriptor, F_GETFL)
        guard flags >= 0, fcntl(descriptor, F_SETFL, flags | O_NONBLOCK) == 0 else { throw .last("fcntl") }
        self.descriptor = descriptor
        self.webServers = webServers
    }

    /// Has the queue tell of connections; of the workers that wait, not all are woken by one.
    mutating func watch(in queue: borrowing EventQueue) throws(SystemCallFailure) {
        guard !isWatched else { return }
        try queue.add(descriptor, for: [.readable, .exclusive])
        isWatched = true
        pausedUntil = nil
    }

    /// Has the queue tell of them no longer.
    mutating func unwatch(in queue: borrowing EventQueue) throws(SystemCallFailure) {
        guard isWatched else { return }
        try queue.remove(descriptor)
        isWatched = false
    }

    /// Takes no connections for a while, since waiting for one that is there would be no wait.
    mutating func rest(from now: ContinuousClock.Instant, in queue: borrowing EventQueue) throws(SystemCallFailure) {
        try unwatch(in: queue)
        pausedUntil = now + Self.pause
    }

    /// Takes the next connection (`accept4(2)`).
    ///
    /// - Throws: a failure that trying again would not mend.
    mutating func accept() throws(SystemCallFailure) -> Accepted {
        if let webServers { return try accept(from: webServers) }
        let connection = linux_accept(descriptor)
        if connection >= 0 { return .connection(Descriptor(owning: connection)) }
        return try failed()
    }

    /// Takes the next connection, and closes it if it comes from another address; the first such one is told.
    private mutating func accept(from webServers: WebServerAddresses) throws(SystemCallFailure) -> Accepted {
        var peer = sockaddr_storage()
        // Sound: the call fills the local structure.
        let connection = unsafe linux_accept_from(descriptor, &peer)
        guard connection >= 0 else { return try failed() }
        if webServers.allows(peer) { return .connection(Descriptor(owning: connection)) }
        close(connection)
        if exchange(&hasRefused, with: true) { return .noneWaiting }
        return .gone(
            SystemCallFailure("accept from an address that \(WebServerAddresses.variable) lacks", .permissionDenied)
        )
    }

    private func failed() throws(SystemCallFailure) -> Accepted {
        let failure = SystemCallFailure.last("accept4")
        switch failure.errno {
        case .wouldBlock, .interrupted: return .noneWaiting
        case .badFileDescriptor, .invalidArgument, .notSocket, .notSupportedOnSocket, .badAddress: throw failure
        case .tooManyOpenFiles, .tooManyOpenFilesInSystem, .noBufferSpace, .noMemory: return .noRoom(failure)
        default: return .gone(failure)
        }
    }
}
