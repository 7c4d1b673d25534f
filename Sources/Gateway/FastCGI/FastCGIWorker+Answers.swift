import Linux

/// How answers leave a worker.
extension FastCGIWorker {
    /// Runs the tasks that are ready, and sends what they answer.
    mutating func runTasks() throws(SystemCallFailure) {
        while let (response, event) = tasks.nextAnswer() {
            guard let connection = connections[event] else {
                // The peer has gone. What the handler found out still counts.
                if response.endsWorker { try beginEnd(.endedByHandler, at: .now) }
                continue
            }
            connection.task = nil
            try finish(exchange.answer(response, to: connection, observer: observer), of: connection)
            if connections[event] != nil { try watch(connection) }
        }
        if let deadline = background.deadline { try alarm.set(by: deadline) }
    }

    /// Does what comes after the handler: sends the answer, or parks it until its time.
    mutating func finish(
        _ outcome: RequestExchange.Outcome,
        of connection: PeerConnection
    ) throws(SystemCallFailure) {
        let now = ContinuousClock.now
        if let (answer, instant) = outcome.held {
            if let instant, instant > now {
                connection.enter(.holding(answer), at: now, until: instant)
            } else {
                try send(answer, to: connection, at: now)
            }
        } else {
            conclude(connection, outcome.afterwards, at: now)
        }
        if outcome.endsWorker { try beginEnd(.endedByHandler, at: now) }
    }

    /// Sends as much of an answer as the connection takes.
    mutating func send(
        _ answer: OutgoingAnswer,
        to connection: PeerConnection,
        at now: ContinuousClock.Instant
    ) throws(SystemCallFailure) {
        var answer = answer
        do throws(SystemCallFailure) {
            answer.sent += try connection.descriptor.send(answer.records[answer.sent...])
        } catch {
            observer.observe(.answerNotSent(error))
            return connections.remove(connection.number)
        }
        if answer.sent == answer.records.count { return conclude(connection, answer.afterwards, at: now) }
        let deadline = if case .sending = connection.phase { connection.deadline } else { now + limits.answerTime }
        connection.enter(.sending(answer), at: now, until: deadline)
    }

    /// Does with a connection what comes after its answer.
    mutating func conclude(
        _ connection: PeerConnection,
        _ afterwards: OutgoingAnswer.Afterwards,
        at now: ContinuousClock.Instant
    ) {
        switch afterwards {
        case .keep where end == nil:
            connection.enter(.awaiting(isKept: true), at: now, until: nil)
        case .keep, .close:
            connections.remove(connection.number)
        case .drain:
            connection.descriptor.endSending()
            connection.enter(.draining, at: now, until: now + limits.drainTime)
        }
    }
}
