/// Lets one request at a time compute slow hashes, in arrival order.
///
/// Every request that has not proved itself by a cheap comparison takes a turn, also one for which nothing is computed.
/// So how long it waits tells nothing about its client.
package protocol HashQueue {
    /// Takes the turn.
    ///
    /// - Returns: whether the request had to wait. What was known before may have changed.
    func enter() async throws(HashQueueRefusal) -> Bool

    /// Passes the turn on.
    func leave()

    /// Does work away from everything that requests share, for the request whose turn it is.
    func run<Result: Sendable>(_ work: @escaping @Sendable () -> Result) async -> Result
}

/// Why a request does not get its turn.
package enum HashQueueRefusal: Error, Sendable {
    /// Too many requests wait, or this one has waited for too long.
    case busy
    /// The caller has gone.
    case abandoned
}

/// The queue of a process that serves one request: the turn comes at once.
package struct ImmediateHashQueue: HashQueue {
    /// A queue without state.
    package init() {}

    package func enter() async throws(HashQueueRefusal) -> Bool { false }

    package func leave() {}

    package func run<Result: Sendable>(_ work: @escaping @Sendable () -> Result) async -> Result { work() }
}
