import Glibc
package import Linux

/// A FastCGI application: serves a listening socket and every connection that its peers keep, until it is told to stop.
///
/// It waits in one place, for all of them at once (`epoll(7)`): no peer that is silent, slow or idle, and no answer that
/// is held until its time, keeps it from the others. What takes long is done in a thread of its own meanwhile.
package struct FastCGIWorker: ~Copyable {
    let limits: FastCGILimits
    let stop: StopSource
    let observer: any GatewayObserver
    var exchange: RequestExchange
    private var receiver: RequestReceiver
    var listener: Listener
    var queue: EventQueue
    var alarm: Alarm
    var connections = ConnectionTable()
    private var observedLoad = GatewayLoad(connections: 0, busy: 0)
    let background: BackgroundQueue
    let source: (any EventSource)?
    var tasks = RequestTasks()
    /// Why it ends, once it does not take connections any more.
    var end: WorkerEnd?

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

    /// Reports the load if it has changed since the last pass.
    private mutating func observeLoad() {
        let load = connections.load
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
            let connection = PeerConnection(
                descriptor,
                accepted: accepted,
                limit: limits.requestTime,
                busy: connections.busy
            )
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

    mutating func watch(_ connection: PeerConnection) throws(SystemCallFailure) {
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
}
