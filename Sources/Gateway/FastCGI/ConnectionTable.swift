import Linux

/// The connections of a worker, by their descriptors' numbers.
struct ConnectionTable {
    private var connections: [PeerConnection?] = []
    private(set) var count = 0
    /// Counts the connections that are not idle.
    let busy = BusyConnections()
    private var lastGeneration: UInt32 = 0

    var isEmpty: Bool { count == 0 }

    /// How many connections are open, and how many of them are not idle.
    var load: GatewayLoad { GatewayLoad(connections: count, busy: busy.count) }

    /// The connection with this number; nil if it has been closed, as it may have been since it became ready.
    subscript(number: Int32) -> PeerConnection? {
        connections.indices.contains(Int(number)) ? connections[Int(number)] : nil
    }

    /// The connection that an event is of; nil if it has been closed, whatever has its number now.
    subscript(event: EventQueue.Event) -> PeerConnection? {
        self[event.number].flatMap { $0.generation == event.generation ? $0 : nil }
    }

    mutating func insert(_ connection: PeerConnection) {
        lastGeneration &+= 1
        connection.generation = lastGeneration
        let index = Int(connection.number)
        while connections.count <= index { connections.append(nil) }
        connections[index] = connection
        count += 1
    }

    /// Removes a connection, which closes it, and cancels its request.
    mutating func remove(_ number: Int32) {
        guard let connection = self[number] else { return }
        connection.task?.cancel()
        connections[Int(number)] = nil
        count -= 1
    }

    /// All of them.
    var all: some Sequence<PeerConnection> { connections.lazy.compactMap(\.self) }

    /// The one that may best be closed for a new one: the longest idle, or else the one whose request is longest in
    /// coming; nil if every one is being answered.
    var mostExpendable: PeerConnection? {
        all.filter(\.isIdle).min { $0.since < $1.since }
            ?? all.filter(\.isAwaitingRequest).min { $0.since < $1.since }
    }
}
