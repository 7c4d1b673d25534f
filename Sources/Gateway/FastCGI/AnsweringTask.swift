import Linux

/// A task that answers one request after another.
@safe final class AnsweringTask {
    private let finished: FinishedAnswer
    private var task: Task<Void, Never>?
    private var idle: UnsafeContinuation<Void, Never>?
    private var request: GatewayRequest?
    private var connection = EventQueue.Event(number: -1, generation: 0)

    /// A task without a request.
    ///
    /// - Parameter finished: receives each answer.
    init(on executor: ThreadExecutor, _ handler: some GatewayHandler, finished: FinishedAnswer) {
        self.finished = finished
        task = executor.start { [self] in
            while await answer(by: handler) {
                // Sound: `resume` takes the continuation out, so it is resumed once.
                await unsafe withUnsafeContinuation { unsafe idle = $0 }
            }
            task = nil
        }
    }

    /// Passes the request to the handler and its answer on; the request is released before this returns.
    ///
    /// - Returns: whether it had a request.
    private func answer(by handler: some GatewayHandler) async -> Bool {
        guard let request = request.take() else { return false }
        finished.set(await handler.respond(to: request), of: connection, by: self)
        return true
    }

    /// Whether it can take another request: a cancelled task stays cancelled.
    var isReusable: Bool { task?.isCancelled == false }

    /// Takes a request, and is ready to run when this returns.
    func begin(_ request: GatewayRequest, of connection: EventQueue.Event) {
        self.request = request
        self.connection = connection
        resume()
    }

    /// Cancels the current request.
    func cancel() {
        task?.cancel()
    }

    /// Ends the task, which has no request.
    func end() {
        request = nil
        resume()
    }

    private func resume() {
        if let continuation = unsafe idle.take() { unsafe continuation.resume() }
    }
}

/// Holds the answer of the task that ran last until the worker takes it.
final class FinishedAnswer {
    private var answer: (response: GatewayResponse, connection: EventQueue.Event, task: AnsweringTask)?

    func set(_ response: GatewayResponse, of connection: EventQueue.Event, by task: AnsweringTask) {
        answer = (response, connection, task)
    }

    func take() -> (response: GatewayResponse, connection: EventQueue.Event, task: AnsweringTask)? {
        answer.take()
    }
}
