import Glibc

/// Runs tasks on one thread: its own code, when it says so.
///
/// Everything that a worker awaits runs here, between two waits of its event loop. So requests that wait share all that
/// the worker has without locks, and cost no thread (SE-0417).
package final class ThreadExecutor: TaskExecutor, @unchecked Sendable {
    // Sound without a lock: `enqueue` holds every caller to one thread.
    private var ready: [UnownedJob] = []
    private var next = 0
    private let thread = pthread_self()

    /// How many tasks were started and have not ended.
    private(set) package var tasks = 0

    /// An executor of the calling thread.
    package init() {}

    /// Takes a job that is ready to run; the runtime calls this.
    package func enqueue(_ job: consuming ExecutorJob) {
        precondition(pthread_equal(thread, pthread_self()) != 0, "a task was resumed by another thread")
        ready.append(UnownedJob(job))
    }

    /// Runs the job that became ready first, or returns false if no job is ready.
    package func runNext() -> Bool {
        guard next < ready.count else {
            ready.removeAll(keepingCapacity: true)
            next = 0
            return false
        }
        next += 1
        unsafe ready[next - 1].runSynchronously(on: asUnownedTaskExecutor())
        return true
    }

    /// Starts a task, which is ready to run when this returns.
    package func start(_ operation: @escaping () async -> Void) -> Task<Void, Never> {
        // Sound: the task runs on this thread, as the caller does.
        nonisolated(unsafe) let operation = operation
        tasks += 1
        return Task(executorPreference: self) {
            await unsafe operation()
            self.tasks -= 1
        }
    }

    /// Runs an operation to its end and blocks until then. It may await only what ends on this thread.
    ///
    /// - Parameter source: what the operation may wait for; nil for nothing.
    package func run<Value, Failure: Error>(
        serving source: (any EventSource)? = nil,
        _ operation: () async throws(Failure) -> Value
    ) throws(Failure) -> Value {
        var outcome: Result<Value, Failure>?
        withoutActuallyEscaping(operation) { operation in
            _ = start {
                do throws(Failure) {
                    outcome = .success(try await operation())
                } catch {
                    outcome = .failure(error)
                }
            }
            while true {
                while runNext() {}
                // What is not waited for is sent as well.
                if source?.flush() ?? false { continue }
                guard outcome == nil, let source else { break }
                // A wait that fails ends at once, and the deadline still ends the operation.
                try? waitToRead([source.descriptor], until: source.deadline)
                source.handleEvents()
            }
        }
        guard let outcome else { preconditionFailure("the operation waits for something outside of its thread") }
        return try outcome.get()
    }
}
