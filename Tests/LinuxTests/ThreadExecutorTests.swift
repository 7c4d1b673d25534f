import Linux
import Testing

/// Tasks on one thread.
struct ThreadExecutorTests {
    private struct Failure: Error {}

    @Test func `tasks run in the order in which they were started`() {
        let executor = ThreadExecutor()
        var ran: [Int] = []
        for number in 0..<3 { _ = executor.start { ran.append(number) } }
        #expect(ran.isEmpty, "nothing runs before it is asked to")
        while executor.runNext() {}
        #expect(ran == [0, 1, 2])
    }

    @Test func `a task that waits lets the others run, and counts until it ends`() {
        let executor = ThreadExecutor()
        var ran: [String] = []
        var waiting: CheckedContinuation<Void, Never>?
        _ = executor.start {
            await withCheckedContinuation { waiting = $0 }
            ran.append("waiting")
        }
        _ = executor.start { ran.append("other") }
        while executor.runNext() {}
        #expect(ran == ["other"])
        #expect(executor.tasks == 1)
        waiting?.resume()
        while executor.runNext() {}
        #expect(ran == ["other", "waiting"])
        #expect(executor.tasks == 0)
    }

    @Test func `run hands on what the operation returns or throws`() {
        let executor = ThreadExecutor()
        #expect(
            executor.run { () async -> Int in
                await Task.yield()
                return 7
            } == 7
        )
        #expect(throws: Failure.self) { try executor.run { () async throws(Failure) in throw Failure() } }
        #expect(executor.tasks == 0)
    }
}
