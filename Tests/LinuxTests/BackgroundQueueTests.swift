import Glibc
import Linux
import Synchronization
import Testing

/// Slow work in a second thread, one piece at a time.
struct BackgroundQueueTests {
    private let executor = ThreadExecutor()

    /// Runs all tasks, and waits for the background thread, until no task is left or nothing happens.
    private func drive(_ queue: BackgroundQueue) throws {
        while true {
            while executor.runNext() {}
            guard executor.tasks > 0 else { return }
            let deadline = ContinuousClock.now + .seconds(10)
            try waitToRead([queue.descriptor], until: deadline)
            try #require(.now < deadline, "a task waits for ever")
            queue.finishWork(resuming: true)
        }
    }

    @Test func `work is done in the other thread, and its result comes back to this one`() throws {
        let queue = BackgroundQueue()
        try queue.start()
        let here = pthread_self()
        var worked: pthread_t?
        var resumed: pthread_t?
        _ = executor.start {
            worked = await queue.run { pthread_self() }
            resumed = pthread_self()
        }
        try drive(queue)
        #expect(worked != nil && worked != here)
        #expect(resumed == here)
    }

    @Test func `turns are given in the order of arrival`() throws {
        let queue = BackgroundQueue()
        try queue.start()
        var done: [Int] = []
        var waited: [Bool] = []
        for number in 0..<3 {
            _ = executor.start {
                guard let hasWaited = try? await queue.enter() else { return }
                waited.append(hasWaited)
                await queue.run {}
                done.append(number)
                queue.leave()
            }
        }
        try drive(queue)
        #expect(done == [0, 1, 2])
        #expect(waited == [false, true, true])
    }

    @Test func `one more than may wait is refused, and one whose time is over`() throws {
        let queue = BackgroundQueue(capacity: 1, patience: .seconds(4))
        var refusals: [Int: BackgroundQueue.Refusal] = [:]
        for number in 0..<3 {
            _ = executor.start {
                do throws(BackgroundQueue.Refusal) {
                    _ = try await queue.enter()
                } catch {
                    refusals[number] = error
                }
            }
        }
        while executor.runNext() {}
        #expect(refusals == [2: .busy])
        let deadline = try #require(queue.deadline)
        queue.passDeadline(at: deadline - .nanoseconds(1))
        while executor.runNext() {}
        #expect(refusals == [2: .busy])
        queue.passDeadline(at: deadline)
        while executor.runNext() {}
        #expect(refusals == [1: .busy, 2: .busy])
        #expect(queue.deadline == nil)
    }

    @Test func `a cancelled request gives its place to the next`() throws {
        let queue = BackgroundQueue()
        var entered: [Int] = []
        var refusals: [Int: BackgroundQueue.Refusal] = [:]
        let tasks = (0..<3).map { number in
            executor.start {
                do throws(BackgroundQueue.Refusal) {
                    _ = try await queue.enter()
                    entered.append(number)
                } catch {
                    refusals[number] = error
                }
            }
        }
        while executor.runNext() {}
        #expect(entered == [0])
        tasks[1].cancel()
        while executor.runNext() {}
        #expect(refusals == [1: .abandoned])
        queue.leave()
        while executor.runNext() {}
        #expect(entered == [0, 2])
    }

    @Test func `a request that is cancelled as its turn comes passes it on`() throws {
        let queue = BackgroundQueue()
        var entered: [Int] = []
        let tasks = (0..<3).map { number in
            executor.start {
                if (try? await queue.enter()) != nil { entered.append(number) }
            }
        }
        while executor.runNext() {}
        queue.leave()
        tasks[1].cancel()
        while executor.runNext() {}
        #expect(entered == [0, 2])
    }
}
