import Glibc
import SystemPackage

/// A FastCGI application: serves a listening socket, one request a connection, until it is told to stop.
///
/// Nothing that a peer does ends a worker, or holds it for longer than the limits say.
package struct FastCGIWorker: ~Copyable {
    private let limits: FastCGILimits
    private let stop: StopSource
    private let observer: any GatewayObserver
    private let library = LibraryRequest()
    private var listener: Listener
    private var receiver: RequestReceiver

    /// A worker for a listening socket, which stays the caller's and becomes non-blocking for all who share it.
    ///
    /// - Parameter listener: descriptor 0, where spawn-fcgi, systemd and web servers put it, or another.
    package init(
        limits: FastCGILimits,
        listener: Int32 = STDIN_FILENO,
        stop: consuming StopSource,
        observer: any GatewayObserver
    ) throws(SystemCallFailure) {
        self.limits = limits
        self.observer = observer
        self.receiver = RequestReceiver(limits: limits)
        self.listener = try Listener(listener, stop: stop.descriptor.number)
        self.stop = stop
    }

    /// Serves requests until the worker is to stop, and says why it did. A request that is being served is finished.
    package mutating func run(_ handler: some GatewayHandler) -> WorkerEnd {
        while true {
            do throws(SystemCallFailure) {
                switch try listener.next(observer: observer) {
                case .stop:
                    return .stopped
                case .connection(let connection, let accepted):
                    if serve(connection, accepted: accepted, handler) { return .endedByHandler }
                }
            } catch {
                return .listenerFailed(error)
            }
        }
    }

    /// Serves one connection and closes it.
    ///
    /// - Returns: whether the handler ends the worker.
    private mutating func serve(
        _ connection: consuming Descriptor,
        accepted: ContinuousClock.Instant,
        _ handler: some GatewayHandler
    ) -> Bool {
        defer { library.end() }
        let request: GatewayRequest
        do throws(DroppedRequest) {
            request = try read(&connection, accepted: accepted)
        } catch {
            observer.observe(.requestDropped(error))
            return false
        }
        let response = handler.respond(to: request)
        if let instant = response.heldUntil { sleep(until: instant) }
        do throws(SystemCallFailure) {
            try answer(response.rendered(), to: connection)
            if request.mayHaveUnreadInput { try connection.drain(until: .now + limits.drainTime) }
        } catch {
            observer.observe(.answerNotSent(error))
        }
        return response.endsWorker
    }

    /// Reads a request from a connection once it is whole.
    private mutating func read(
        _ connection: inout Descriptor,
        accepted: ContinuousClock.Instant
    ) throws(DroppedRequest) -> GatewayRequest {
        let received = try receiver.receive(from: connection, stop: stop.descriptor.number, accepted: accepted)
        let isBodyOverLimit = received.isBodyOverLimit
        if var file = received.file {
            return try parse(&file.descriptor, isBodyOverLimit: isBodyOverLimit, accepted: accepted)
        }
        return try parse(&connection, isBodyOverLimit: isBodyOverLimit, accepted: accepted)
    }

    private func parse(
        _ source: inout Descriptor,
        isBodyOverLimit: Bool,
        accepted: ContinuousClock.Instant
    ) throws(DroppedRequest) -> GatewayRequest {
        let parameters = try library.begin(from: &source)
        let request = GatewayRequest(parameters: parameters, body: .whole([]), receivedAt: accepted)
        if request.isToAuthorizer { return request }
        let length = try ContentLength.of(parameters)
        if length > limits.body { return GatewayRequest(parameters: parameters, body: .tooLarge, receivedAt: accepted) }
        if isBodyOverLimit { throw .bodyLength(announced: length, received: limits.body + 1) }
        let body = try library.body(length: length)
        return GatewayRequest(parameters: parameters, body: .whole(body), receivedAt: accepted)
    }

    /// Answers without ever waiting in libfcgi: a large answer goes through a file of memory.
    private func answer(_ document: [UInt8], to connection: borrowing Descriptor) throws(SystemCallFailure) {
        if document.count <= LibraryRequest.directAnswerSize {
            return try library.answer(document, to: connection.number)
        }
        let file = try MemoryFile()
        try library.answer(document, to: file.descriptor.number)
        try connection.send(file.contents(), until: .now + limits.answerTime)
    }
}

extension GatewayRequest {
    /// Whether it asks an authorizer, to which no body belongs. libfcgi puts the role before all that the peer sends.
    fileprivate var isToAuthorizer: Bool { parameters["FCGI_ROLE"] == "AUTHORIZER" }

    /// Whether more of it may come than was read.
    fileprivate var mayHaveUnreadInput: Bool { body == .tooLarge || isToAuthorizer }
}

/// Why a worker's run ended.
package enum WorkerEnd: Sendable, Equatable {
    /// Its stop source said so.
    case stopped
    /// A response's `endsWorker` said so.
    case endedByHandler
    /// The listening socket cannot be used.
    case listenerFailed(SystemCallFailure)
}
