import Counters
import Gateway
import GrantCore
import Linux

/// Computes slow hashes in a worker's background thread.
struct BackgroundHashQueue: HashQueue {
    let queue: BackgroundQueue
    /// Is told how many requests are in the queue; nil if nothing is counted.
    let counters: WorkerCounters?

    func enter() async throws(HashQueueRefusal) -> Bool {
        counters?.slowHashes(queue.count + 1)
        defer { counters?.slowHashes(queue.count) }
        do throws(BackgroundQueue.Refusal) {
            return try await queue.enter()
        } catch {
            throw error == .busy ? .busy : .abandoned
        }
    }

    func leave() {
        queue.leave()
        counters?.slowHashes(queue.count)
    }

    func run<Result: Sendable>(_ work: @escaping @Sendable () -> Result) async -> Result {
        await queue.run(work)
    }
}
