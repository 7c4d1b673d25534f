import Linux
import SystemPackage

/// What a worker does when a deadline passes, and when it is to end.
extension FastCGIWorker {
    /// Does what is due to each connection whose deadline has passed, and sets the alarm for the next one.
    mutating func passDeadlines(at now: ContinuousClock.Instant) throws(SystemCallFailure) {
        alarm.acknowledge()
        background.passDeadline(at: now)
        if let deadline = source?.deadline, deadline <= now { source?.handleEvents() }
        if let instant = listener.pausedUntil, instant <= now, end == nil { try listener.watch(in: queue) }
        for connection in Array(connections.all) {
            guard let deadline = connection.deadline else { continue }
            guard deadline <= now else {
                try alarm.set(by: deadline)
                continue
            }
            switch connection.phase {
            case .holding(let answer):
                try send(answer, to: connection, at: now)
                if connections[connection.number] === connection { try watch(connection) }
                continue
            case .awaiting: observer.observe(.requestDropped(.timedOut(received: 0)))
            case .receiving(let request):
                observer.observe(.requestDropped(.timedOut(received: request.bytes.count)))
            case .sending: observer.observe(.answerNotSent(SystemCallFailure("send", .timedOut)))
            case .draining, .responding: break
            }
            connections.remove(connection.number)
        }
        if let instant = listener.pausedUntil { try alarm.set(by: instant) }
    }

    /// Accepts no more connections, and closes those without a request.
    ///
    /// A handler that ends the worker is not asked again, so requests that are still to come are let go as well.
    mutating func beginEnd(
        _ reason: WorkerEnd,
        at now: ContinuousClock.Instant
    ) throws(SystemCallFailure) {
        if end == nil {
            try listener.unwatch(in: queue)
            // It stays readable, and has said what it has to say.
            try queue.remove(stop.descriptor.number)
        }
        end = reason
        for connection in Array(connections.all) {
            let isLetGo = reason == .endedByHandler && (connection.isAwaitingRequest || connection.isResponding)
            if connection.isIdle || isLetGo {
                connections.remove(connection.number)
            } else if connection.isAwaitingRequest {
                let deadline = now + limits.stopTime
                connection.deadline = min(connection.deadline ?? deadline, deadline)
                try alarm.set(by: deadline)
            }
        }
    }
}
