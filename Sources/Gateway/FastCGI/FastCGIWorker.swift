import Glibc
package import Linux
import SystemPackage

/// A FastCGI application: serves a listening socket and every connection that its peers keep, until it is told to stop.
///
/// It waits in one place, for all of them at once (`epoll(7)`): no peer that is silent, slow or idle, and no answer that
/// is held until its time, keeps it from the others. What takes long is done in a thread of its own meanwhile.
package struct FastCGIWorker: ~Copyable {
    private let limits: FastCGILimits
    private let stop: StopSource
    private let observer: any GatewayObserver
    private var exchange: RequestExchange
    private var receiver: RequestReceiver
    private var listener: Listener
    private var queue: EventQueue
    private var alarm: Alarm
    private var connections = ConnectionTable()
    private let busy = BusyConnections()
    private var observedLoad = GatewayLoad(connections: 0, busy: 0)
    private let background: BackgroundQueue
    private let source: (any EventSource)?
    private(set) var tasks = RequestTasks()
    /// Why it ends, once it does not take connections any more.
    private(set) var end: WorkerEnd?

    /// A worker for a listening socket, which stays the caller's and becomes non-blocking for all who share it.
    ///
    /// - Parameters:
    ///   - listener: descriptor 0, where spawn-fcgi, systemd and web servers put it, or another.
    ///   - webServers: who may connect over TCP; nil for all.
    ///   - background: where the handler has slow work done. It is started here, and no further thread later.
    ///   - source: what the handler waits for besides; nil for nothing.
    package init(
        limits: FastCGILimits,
        listener: Int32 = STDIN_FILENO,
        webServers: WebServerAddresses? = nil,
        background: BackgroundQueue,
        source: (any EventSource)? = nil,
        stop: consuming StopSource,
        observer: any GatewayObserver
    ) throws(SystemCallFailure) {
        var socket = try Listener(listener, webServers: webServers)
        let queue = try EventQueue()
        let alarm = try Alarm()
        try queue.add(stop.descriptor.number, for: .readable)
        try queue.add(alarm.descriptor.number, for: .readable)
        try background.start()
        try queue.add(background.descriptor, for: .readable)
        if let source { try queue.add(source.descriptor, for: .readable) }
        try socket.watch(in: queue)
        self.limits = limits
        self.stop = stop
        self.observer = observer
        self.exchange = RequestExchange(limits: limits)
        self.receiver = RequestReceiver(limits: limits)
        self.listener = socket
        self.queue = queue
        self.alarm = alarm
        self.background = background
        self.source = source
    }

    /// Serves requests until the worker is to stop, and says why it did. Requests that have begun are finished, within
    /// the limits.
    package mutating func run(_ handler: some GatewayHandler) -> WorkerEnd {
        defer {
            background.end()
            tasks.end()
        }
        do throws(SystemCallFailure) {
            while true {
                if let end, connections.isEmpty, tasks.areIdle || end == .endedByHandler { return end }
                observeLoad()
                try queue.wait()
                for index in queue.ready {
                    // Read again for each: the handler of the one before may have taken long, and this one came meanwhile.
                    let now = ContinuousClock.now
                    let event = queue[index]
                    switch event.number {
                    case listener.descriptor: try accept(at: now, handler)
                    case stop.descriptor.number: try beginEnd(.stopped, at: now)
                    case alarm.descriptor.number: try passDeadlines(at: now)
                    case background.descriptor: background.finishWork(resuming: end != .endedByHandler)
                    case source?.descriptor: source?.handleEvents()
                    default: if let connection = connections[event] { try goOn(connection, at: now, handler) }
                    }
                    try runTasks()
                }
                try serveSource()
            }
        } catch {
            return .listenerFailed(error)
        }
    }

    private mutating func observeLoad() {
        let load = GatewayLoad(connections: connections.count, busy: busy.count)
        guard load != observedLoad else { return }
        observedLoad = load
        observer.observe(load)
    }

    /// Sends what the requests of this pass have gathered for the source, all at once.
    private mutating func serveSource() throws(SystemCallFailure) {
        guard let source else { return }
        while source.flush() { try runTasks() }
        if let deadline = source.deadline { try alarm.set(by: deadline) }
    }

    /// Takes one connection, so that the workers share them evenly, and looks whether its request has come with it.
    private mutating func accept(
        at now: ContinuousClock.Instant,
        _ handler: some GatewayHandler
    ) throws(SystemCallFailure) {
        guard end == nil else { return }
        if connections.count >= limits.connections, !makeRoom() { return try rest(from: now) }
        switch try listener.accept() {
        case .connection(let descriptor):
            // Read again: the peer may have come since `now`, and must not be answered before its time.
            let accepted = ContinuousClock.now
            let connection = PeerConnection(descriptor, accepted: accepted, limit: limits.requestTime, busy: busy)
            connections.insert(connection)
            try goOn(connection, at: accepted, handler)
        case .noneWaiting: break
        case .gone(let failure): observer.observe(.acceptFailed(failure))
        case .noRoom(let failure):
            observer.observe(.acceptFailed(failure))
            if !makeRoom() { try rest(from: now) }
        }
    }

    /// Closes the connection that may best be closed; false if there is none.
    private mutating func makeRoom() -> Bool {
        guard let connection = connections.mostExpendable else { return false }
        if !connection.isIdle { observer.observe(.requestDropped(.crowdedOut)) }
        connections.remove(connection.number)
        return true
    }

    private mutating func rest(from now: ContinuousClock.Instant) throws(SystemCallFailure) {
        try listener.rest(from: now, in: queue)
        if let instant = listener.pausedUntil { try alarm.set(by: instant) }
    }

    /// Does what a connection lets be done now, and waits for what has to come.
    private mutating func goOn(
        _ connection: PeerConnection,
        at now: ContinuousClock.Instant,
        _ handler: some GatewayHandler
    ) throws(SystemCallFailure) {
        switch connection.phase {
        case .awaiting, .receiving: try receive(connection, at: now, handler)
        // Watched for nothing, a connection has one event: the end of the peer.
        case .responding, .holding:
            if connection.interest == [] {
                connections.remove(connection.number)
            } else {
                try watch(connection, for: [])
            }
            return
        case .sending(let answer): try send(answer, to: connection, at: now)
        case .draining: if !connection.descriptor.discard() { connections.remove(connection.number) }
        }
        if connections[connection.number] === connection { try watch(connection) }
    }

    private mutating func watch(_ connection: PeerConnection) throws(SystemCallFailure) {
        if let deadline = connection.deadline { try alarm.set(by: deadline) }
        let interest: EventQueue.Interest =
            switch connection.phase {
            case .awaiting, .receiving, .draining: .readable
            // What comes meanwhile is rare: only then is it watched for nothing.
            case .responding, .holding: connection.interest ?? .readable
            case .sending: .writable
            }
        try watch(connection, for: interest)
    }

    private mutating func watch(
        _ connection: PeerConnection,
        for interest: EventQueue.Interest
    ) throws(SystemCallFailure) {
        if connection.interest == nil {
            try queue.add(connection.number, for: interest, generation: connection.generation)
        } else if connection.interest != interest {
            try queue.change(connection.number, to: interest, generation: connection.generation)
        }
        connection.interest = interest
    }

    private mutating func receive(
        _ connection: PeerConnection,
        at now: ContinuousClock.Instant,
        _ handler: some GatewayHandler
    ) throws(SystemCallFailure) {
        let whole: GatewayRequest
        do throws(DroppedRequest) {
            switch try look(at: connection, now) {
            case .nothing:
                return
            case .end:
                throw connection.cutOff
            case .part(let request):
                let deadline = connection.deadline ?? now + (end == nil ? limits.requestTime : limits.stopTime)
                return connection.enter(.receiving(request), at: now, until: deadline)
            case .whole(let request):
                whole = try exchange.read(request, from: connection)
            }
        } catch {
            if !connection.isIdle || error != .neverBegan { observer.observe(.requestDropped(error)) }
            return connections.remove(connection.number)
        }
        try respond(to: whole, of: connection, at: now, handler)
    }

    /// Gives a request to the handler, in a task.
    private mutating func respond(
        to request: GatewayRequest,
        of connection: PeerConnection,
        at now: ContinuousClock.Instant,
        _ handler: some GatewayHandler
    ) throws(SystemCallFailure) {
        connection.enter(.responding, at: now, until: nil)
        let event = EventQueue.Event(number: connection.number, generation: connection.generation)
        connection.task = tasks.begin(request, of: event, handler)
        try runTasks()
        if connection.isResponding { exchange.park(connection) }
    }

    /// Runs the tasks that are ready, and sends what they answer.
    private mutating func runTasks() throws(SystemCallFailure) {
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

    private mutating func look(
        at connection: PeerConnection,
        _ now: ContinuousClock.Instant
    ) throws(DroppedRequest) -> RequestReceiver.Arrival {
        if case .receiving(let request) = connection.phase {
            return try receiver.resume(request, from: connection.descriptor)
        }
        // A new connection's request began when it was accepted, a kept one's begins now.
        return try receiver.begin(from: connection.descriptor, at: connection.isIdle ? now : connection.since)
    }

    /// Does what comes after the handler: sends the answer, or parks it until its time.
    private mutating func finish(
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
    private mutating func send(
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
    private mutating func conclude(
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

    /// Does what is due to each connection whose deadline has passed, and sets the alarm for the next one.
    private mutating func passDeadlines(at now: ContinuousClock.Instant) throws(SystemCallFailure) {
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
    private mutating func beginEnd(
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
