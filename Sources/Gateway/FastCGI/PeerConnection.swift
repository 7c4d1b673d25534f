import Linux

/// A peer's connection, and how far it is.
final class PeerConnection {
    typealias Instant = ContinuousClock.Instant

    /// Its descriptor's number, also after libfcgi has closed it.
    let number: Int32
    var descriptor: Descriptor
    /// What tells it from earlier connections of the same number.
    var generation: UInt32 = 0
    /// What the event queue watches it for; nil while it is not in the queue.
    var interest: EventQueue.Interest?
    /// When it came to where it is.
    private(set) var since: Instant
    /// When it does not stay there any longer; nil if it may stay for ever.
    var deadline: Instant?
    private(set) var phase = Phase.awaiting(isKept: false)
    /// Counts it while it is not idle.
    private let busy: BusyConnections
    /// The task that answers its request; it is cancelled if the connection is closed.
    var task: AnsweringTask?
    /// libfcgi's state of a request whose handler waits; nil if the worker's own state holds it.
    var library: FCGXRequest?
    /// Whether bytes that do not belong to its request may follow on the connection.
    var hasMore = false

    /// How far it is.
    enum Phase {
        /// No byte of its next request has come. A kept one has had an answer before.
        case awaiting(isKept: Bool)
        /// Part of its request has come.
        case receiving(PartialRequest)
        /// The handler is answering its request.
        case responding
        /// Its answer is there and not to leave yet.
        case holding(OutgoingAnswer)
        /// Part of its answer has left.
        case sending(OutgoingAnswer)
        /// Its answer has left, and what more comes is read and forgotten: the kernel drops an answer that the peer has
        /// not read yet when a connection closes on unread input.
        case draining
    }

    /// A connection that has just been accepted.
    ///
    /// - Parameter busy: where it is counted while it is not idle.
    init(_ descriptor: consuming Descriptor, accepted: Instant, limit: Duration, busy: BusyConnections) {
        self.busy = busy
        busy.count += 1
        number = descriptor.number
        self.descriptor = descriptor
        since = accepted
        deadline = accepted + limit
    }

    /// Goes on to another phase, which lasts until a deadline at the longest.
    func enter(_ phase: Phase, at now: Instant, until deadline: Instant?) {
        let wasIdle = isIdle
        self.phase = phase
        self.since = now
        self.deadline = deadline
        if isIdle != wasIdle { busy.count += wasIdle ? 1 : -1 }
    }

    deinit {
        if !isIdle { busy.count -= 1 }
    }

    /// Whether nothing is lost if it closes: no request is under way.
    var isIdle: Bool {
        if case .awaiting(isKept: true) = phase { true } else { false }
    }

    /// Why its request does not come, when the peer has ended its side.
    var cutOff: DroppedRequest {
        if case .receiving(let request) = phase { .cutOff(received: request.bytes.count) } else { .neverBegan }
    }

    /// Whether the handler is answering its request.
    var isResponding: Bool {
        if case .responding = phase { true } else { false }
    }

    /// Whether its request has not yet come whole.
    var isAwaitingRequest: Bool {
        switch phase {
        case .awaiting, .receiving: true
        case .responding, .holding, .sending, .draining: false
        }
    }
}

/// How many connections of a worker are not idle.
final class BusyConnections {
    var count = 0
}

/// A request of which a part has been taken out of the connection.
struct PartialRequest {
    var bytes: [UInt8] = []
    var preview: RequestPreview
    /// When its first byte came.
    let began: ContinuousClock.Instant
}

/// An answer in records, which leaves as the connection takes it.
struct OutgoingAnswer {
    let records: [UInt8]
    var sent = 0
    let afterwards: Afterwards

    /// What comes after an answer.
    enum Afterwards {
        /// The next request.
        case keep
        /// The end.
        case close
        /// The end, once the peer has sent the rest.
        case drain
    }
}
