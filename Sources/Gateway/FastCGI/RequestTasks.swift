import Linux

/// The tasks in which a worker's handler answers requests.
///
/// A finished task is kept for the next request, because starting one costs more instructions than most requests.
struct RequestTasks {
    private let executor = ThreadExecutor()
    private let finished = FinishedAnswer()
    private var idle: [AnsweringTask] = []

    /// How many tasks were started and have not ended.
    var count: Int { executor.tasks }

    /// Whether no request is being answered.
    var areIdle: Bool { executor.tasks == idle.count }

    /// Gives a request to the handler. The task runs in the next call of ``nextAnswer()``.
    mutating func begin(
        _ request: GatewayRequest,
        of connection: EventQueue.Event,
        _ handler: some GatewayHandler
    ) -> AnsweringTask {
        let task = idle.popLast() ?? AnsweringTask(on: executor, handler, finished: finished)
        task.begin(request, of: connection)
        return task
    }

    /// Runs tasks until one of them answers its request.
    ///
    /// - Returns: the answer and its connection, or nil if no task can run any further.
    mutating func nextAnswer() -> (response: GatewayResponse, connection: EventQueue.Event)? {
        while executor.runNext() {
            guard let (response, connection, task) = finished.take() else { continue }
            if task.isReusable { idle.append(task) } else { task.end() }
            return (response, connection)
        }
        return nil
    }

    /// Ends the idle tasks. A task that still waits is abandoned.
    mutating func end() {
        for task in idle { task.end() }
        idle = []
        while executor.runNext() {}
    }
}
