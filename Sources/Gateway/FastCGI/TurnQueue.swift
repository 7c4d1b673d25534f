/// The requests that take a turn: the one that has it, with its work in a thread of its own, and those that wait.
struct TurnQueue: ~Copyable {
    private let thread: BackgroundThread
    private var waiting: [PendingRequest] = []
    private var current: PendingRequest?

    /// An empty queue.
    init() throws(SystemCallFailure) {
        thread = try BackgroundThread()
    }

    /// Becomes readable when the turn's work is done.
    var descriptor: Int32 { thread.descriptor }

    /// Whether somebody has the turn.
    var isBusy: Bool { current != nil }

    /// Gives a request the turn, which nobody has.
    mutating func begin(_ work: @escaping @Sendable () -> Void, for request: PendingRequest) {
        current = request
        thread.begin(work)
    }

    /// Ends the turn whose work is done.
    mutating func end() -> PendingRequest? {
        thread.acknowledge()
        return current.take()
    }

    /// Has a request wait for its turn; false where there are so many already.
    mutating func enqueue(_ request: PendingRequest, limit: Int) -> Bool {
        if waiting.count >= limit { waiting.removeAll { $0.connection == nil } }
        guard waiting.count < limit else { return false }
        waiting.append(request)
        return true
    }

    /// Takes out the one that has waited longest and is still waiting.
    mutating func next() -> PendingRequest? {
        guard let index = waiting.firstIndex(where: { $0.connection != nil }) else {
            waiting = []
            return nil
        }
        defer { waiting.removeSubrange(...index) }
        return waiting[index]
    }
}
