/// Requests that take a turn. Everything but their work happens here, in the worker's own thread.
extension FastCGIWorker {
    /// Gives a request that has just come its turn, or has it wait for it.
    mutating func admit(_ request: PendingRequest, of connection: PeerConnection) throws(SystemCallFailure) {
        let now = ContinuousClock.now
        connection.enter(.pending(request), at: now, until: nil)
        guard turns.isBusy else { return try begin(request) }
        if turns.enqueue(request, limit: limits.turns) {
            connection.deadline = now + limits.turnTime
        } else {
            try deliver(request.turn.refuse(), to: request)
        }
    }

    /// Begins the work of a turn that nobody has; without work it ends at once.
    private mutating func begin(_ request: PendingRequest) throws(SystemCallFailure) {
        guard let work = request.turn.work else { return try deliver(request.turn.finish(), to: request) }
        request.connection?.deadline = nil
        turns.begin(work, for: request)
    }

    /// Ends a turn, since its work is done, and goes on with those who wait.
    mutating func endTurn(_ handler: some GatewayHandler) throws(SystemCallFailure) {
        // A handler that ends the worker is not asked again.
        guard let done = turns.end(), end != .endedByHandler else { return }
        // Though its peer may be gone: what was learnt counts.
        try deliver(done.turn.finish(), to: done)
        while !turns.isBusy, let request = turns.next() {
            switch handler.reply(to: request.request) {
            case .response(let response):
                try deliver(response, to: request)
            case .turn(let turn):
                request.turn = turn
                try begin(request)
            }
        }
    }

    /// Answers a request that has waited for too long.
    mutating func refuse(_ request: PendingRequest) throws(SystemCallFailure) {
        try deliver(request.turn.refuse(), to: request)
    }

    private mutating func deliver(
        _ response: GatewayResponse,
        to request: PendingRequest
    ) throws(SystemCallFailure) {
        guard let connection = request.connection, connections[connection.number] === connection else {
            if response.endsWorker { try beginEnd(.endedByHandler, at: .now) }
            return
        }
        try finish(request.answer(response, to: connection, observer: observer), of: connection)
        if connections[connection.number] === connection { try watch(connection) }
    }
}
