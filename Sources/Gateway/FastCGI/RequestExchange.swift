import SystemPackage

/// Takes one whole request from libfcgi to the handler, and the answer back.
///
/// It never waits: libfcgi is given only what is there, and an answer that cannot leave at once is handed back.
struct RequestExchange: ~Copyable {
    private let limits: FastCGILimits
    private var library = LibraryRequest()

    init(limits: FastCGILimits) {
        self.limits = limits
    }

    /// What came of a request.
    enum Reception {
        /// It was answered.
        case answered(Outcome)
        /// It takes a turn.
        case pending(PendingRequest)
    }

    /// What came of an answer.
    struct Outcome {
        /// The answer, and when it may leave; nil where it has left.
        var held: (answer: OutgoingAnswer, until: ContinuousClock.Instant?)?
        /// What comes after the answer.
        let sequel: OutgoingAnswer.Sequel
        /// Whether the handler ends the worker.
        let endsWorker: Bool
    }

    /// Serves a request.
    ///
    /// - Throws: why it did not reach the handler.
    mutating func serve(
        _ received: consuming ReceivedRequest,
        of connection: PeerConnection,
        _ handler: some GatewayHandler,
        observer: any GatewayObserver
    ) throws(DroppedRequest) -> Reception {
        let request: GatewayRequest
        do throws(DroppedRequest) {
            request = try read(&received, from: connection)
        } catch {
            library.end()
            throw error
        }
        let hasMore = received.hasMore
        switch handler.reply(to: request) {
        case .response(let response):
            return .answered(library.answer(response, to: connection, hasMore: hasMore, observer: observer))
        case .turn(let turn):
            let own = exchange(&library, with: LibraryRequest())
            return .pending(PendingRequest(request, turn, of: connection, in: own, hasMore: hasMore))
        }
    }

    private func read(
        _ received: inout ReceivedRequest,
        from connection: PeerConnection
    ) throws(DroppedRequest) -> GatewayRequest {
        guard var file = received.file.take() else { return try read(received, from: &connection.descriptor) }
        return try read(received, from: &file.descriptor)
    }

    private func read(
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
        let body = try library.body(length: length, limit: limits.body)
        return GatewayRequest(parameters: parameters, body: .whole(body), receivedAt: began)
    }
}

extension LibraryRequest {
    /// Answers the request at once where nothing is against it, or makes the answer ready to leave.
    func answer(
        _ response: GatewayResponse,
        to connection: PeerConnection,
        hasMore: Bool,
        observer: any GatewayObserver
    ) -> RequestExchange.Outcome {
        defer { end() }
        let sequel: OutgoingAnswer.Sequel =
            hasMore ? .drain : keepsConnection && !response.endsWorker ? .keep : .close
        do throws(SystemCallFailure) {
            let held = try answer(response, to: connection, sequel)
            return RequestExchange.Outcome(held: held, sequel: sequel, endsWorker: response.endsWorker)
        } catch {
            observer.observe(.answerNotSent(error))
            return RequestExchange.Outcome(held: nil, sequel: .close, endsWorker: response.endsWorker)
        }
    }

    private func answer(
        _ response: GatewayResponse,
        to connection: PeerConnection,
        _ sequel: OutgoingAnswer.Sequel
    ) throws(SystemCallFailure) -> (answer: OutgoingAnswer, until: ContinuousClock.Instant?)? {
        let document = response.rendered()
        if response.heldUntil == nil, document.count <= Self.directAnswerSize {
            try answer(document, to: connection.descriptor.number)
            return nil
        }
        let file = try MemoryFile()
        try answer(document, to: file.descriptor.number)
        return (OutgoingAnswer(records: try file.contents(), sequel: sequel), response.heldUntil)
    }
}
