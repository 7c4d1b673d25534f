/// Runs slow work for requests in a background thread, one piece at a time, in the order in which the requests came.
///
/// A request takes its turn with ``enter()``, has work done by ``run(_:)``, and passes the turn on with ``leave()``. All
/// of this happens on the worker's thread; only the work itself does not.
@safe package final class BackgroundQueue {
    private var thread: BackgroundThread?
    private let capacity: Int
    private let patience: Duration
    private var isTaken = false
    private var waiting: [Waiter] = []
    private var workEnded: UnsafeContinuation<Void, Never>?

    /// An empty queue; ``start()`` starts its thread.
    ///
    /// - Parameters:
    ///   - capacity: how many requests may wait for their turn.
    ///   - patience: how long one waits.
    package init(capacity: Int = 128, patience: Duration = .seconds(4)) {
        self.capacity = capacity
        self.patience = patience
    }

    /// Starts the background thread. No thread is started after this.
    package func start() throws(SystemCallFailure) {
        thread = try BackgroundThread()
    }

    /// Why a request does not get its turn.
    package enum Refusal: Error {
        /// Too many wait, or this one has waited for too long.
        case busy
        /// The task was cancelled: the peer has gone.
        case abandoned
    }

    /// A request that waits for its turn.
    @safe private final class Waiter {
        let deadline: ContinuousClock.Instant
        var continuation: UnsafeContinuation<Refusal?, Never>?

        init(until deadline: ContinuousClock.Instant) {
            self.deadline = deadline
        }
    }

    /// Waits for the turn, in arrival order.
    ///
    /// - Returns: whether it had to wait. What the request knew before may have changed.
    package func enter() async throws(Refusal) -> Bool {
        guard isTaken else {
            isTaken = true
            return false
        }
        guard waiting.count < capacity else { throw .busy }
        // Sound: a task is cancelled by the thread that it runs on.
        nonisolated(unsafe) let (queue, waiter) = (self, Waiter(until: .now + patience))
        let refusal = await withTaskCancellationHandler {
            // Sound: the waiter is resumed when it leaves the list, once.
            await unsafe withUnsafeContinuation { continuation in
                unsafe waiter.continuation = continuation
                unsafe queue.waiting.append(waiter)
                if Task.isCancelled { unsafe queue.dismiss(waiter, for: .abandoned) }
            }
        } onCancel: {
            unsafe queue.dismiss(waiter, for: .abandoned)
        }
        if let refusal { throw refusal }
        if Task.isCancelled {
            leave()
            throw .abandoned
        }
        return true
    }

    /// How many requests have the turn or wait for it.
    package var count: Int { waiting.count + (isTaken ? 1 : 0) }

    /// Passes the turn to the request that has waited longest.
    package func leave() {
        if waiting.isEmpty {
            isTaken = false
        } else {
            resume(waiting.removeFirst(), with: nil)
        }
    }

    /// Runs work in the background thread, for the request that has the turn.
    package func run<Result: Sendable>(_ work: @escaping @Sendable () -> Result) async -> Result {
        let outcome = Outcome<Result>()
        // Sound: `finishWork` takes the continuation out, so it is resumed once.
        await unsafe withUnsafeContinuation { continuation in
            unsafe workEnded = continuation
            guard thread != nil else { preconditionFailure("the queue was not started") }
            thread?.begin { outcome.value = work() }
        }
        guard let value = outcome.value else { preconditionFailure("the thread says that it is done") }
        return value
    }

    /// The result of a piece of work.
    private final class Outcome<Result: Sendable>: @unchecked Sendable {
        // Sound without a lock: the queue's thread writes it before it says that it is done, and the worker's reads it
        // after.
        var value: Result?
    }

    /// Becomes readable when the work is done.
    package var descriptor: Int32 { thread?.descriptor ?? -1 }

    /// Ends the thread after its current work. The request that waits for that work is not resumed.
    package func end() {
        thread = nil
    }

    /// Acknowledges that the work is done, and resumes the request that waits for it if it may go on.
    package func finishWork(resuming mayResume: Bool) {
        thread?.acknowledge()
        guard mayResume else { return }
        if let continuation = unsafe workEnded.take() { unsafe continuation.resume() }
    }

    /// When the first waiting request times out; nil if none waits.
    package var deadline: ContinuousClock.Instant? { waiting.first?.deadline }

    /// Refuses the requests that have waited for longer than `patience`.
    package func passDeadline(at now: ContinuousClock.Instant) {
        while let first = waiting.first, first.deadline <= now { dismiss(first, for: .busy) }
    }

    private func dismiss(_ waiter: Waiter, for refusal: Refusal) {
        guard let index = waiting.firstIndex(where: { $0 === waiter }) else { return }
        waiting.remove(at: index)
        resume(waiter, with: refusal)
    }

    private func resume(_ waiter: Waiter, with refusal: Refusal?) {
        if let continuation = unsafe waiter.continuation.take() { unsafe continuation.resume(returning: refusal) }
    }
}
