import Linux
import SystemPackage

/// Takes a whole request from libfcgi, and gives it the answer.
///
/// It never waits: libfcgi is given only what is there, and an answer that cannot leave at once is handed back.
struct RequestExchange: ~Copyable {
    private let limits: FastCGILimits
    private var library = FCGXRequest()

    init(limits: FastCGILimits) {
        self.limits = limits
    }

    /// What came of an answer.
    struct Outcome {
        /// The answer, and when it may leave; nil if it has left.
        var held: (answer: OutgoingAnswer, until: ContinuousClock.Instant?)?
        /// What comes after the answer.
        let afterwards: OutgoingAnswer.Afterwards
        /// Whether the handler ends the worker.
        let endsWorker: Bool
    }

    /// Reads a request.
    ///
    /// - Throws: why it does not reach the handler.
    mutating func read(
        _ received: consuming ReceivedRequest,
        from connection: PeerConnection
    ) throws(DroppedRequest) -> GatewayRequest {
        let request: GatewayRequest
        do throws(DroppedRequest) {
            request = try read(&received, from: connection)
        } catch {
            library.end()
            throw error
        }
        // A body that was not read to its end, which alone is where the next request may begin, stays in the connection.
        let isRead = if case .whole = request.body { true } else { false }
        connection.hasMore = received.hasMore || !isRead
        return request
    }

    /// Moves libfcgi's state of the request to its connection while the handler waits, so that other requests can be read.
    mutating func park(_ connection: PeerConnection) {
        connection.library = exchange(&library, with: FCGXRequest())
    }

    /// Sends the answer at once, or prepares it if it is held or large.
    mutating func answer(
        _ response: GatewayResponse,
        to connection: PeerConnection,
        observer: any GatewayObserver
    ) -> Outcome {
        if var own = connection.library.take() { return own.answer(response, to: connection, observer: observer) }
        return library.answer(response, to: connection, observer: observer)
    }

    private mutating func read(
        _ received: inout ReceivedRequest,
        from connection: PeerConnection
    ) throws(DroppedRequest) -> GatewayRequest {
        guard var file = received.file.take() else { return try read(received, from: &connection.descriptor) }
        return try read(received, from: &file.descriptor)
    }

    private mutating func read(
        _ received: borrowing ReceivedRequest,
        from source: inout Descriptor
    ) throws(DroppedRequest) -> GatewayRequest {
        let parameters = try library.begin(from: &source)
        let began = received.began
        // An authorizer's request has no body; libfcgi puts the role before all that the peer sends.
        if parameters["FCGI_ROLE"] == "AUTHORIZER" {
            return GatewayRequest(parameters: parameters, body: .whole([]), receivedAt: began)
        }
        let length = try ContentLength.announced(by: parameters)
        if length ?? (received.isBodyOverLimit ? .max : 0) > limits.body {
            return GatewayRequest(parameters: parameters, body: .tooLarge, receivedAt: began)
        }
        if let length, received.isBodyOverLimit { throw .bodyLength(announced: length, received: limits.body + 1) }
        let body = try library.body(length: length, limit: min(received.bodyLength, limits.body))
        return GatewayRequest(parameters: parameters, body: .whole(body), receivedAt: began)
    }
}

extension FCGXRequest {
    /// Sends the answer at once, or prepares it if it is held or large.
    fileprivate mutating func answer(
        _ response: GatewayResponse,
        to connection: PeerConnection,
        observer: any GatewayObserver
    ) -> RequestExchange.Outcome {
        defer { end() }
        let afterwards: OutgoingAnswer.Afterwards =
            connection.hasMore ? .drain : keepsConnection && !response.endsWorker ? .keep : .close
        do throws(SystemCallFailure) {
            let records = try answer(response, to: connection.descriptor.number)
            let held = records.map { (OutgoingAnswer(records: $0, afterwards: afterwards), response.heldUntil) }
            return RequestExchange.Outcome(held: held, afterwards: afterwards, endsWorker: response.endsWorker)
        } catch {
            observer.observe(.answerNotSent(error))
            return RequestExchange.Outcome(held: nil, afterwards: .close, endsWorker: response.endsWorker)
        }
    }
}
