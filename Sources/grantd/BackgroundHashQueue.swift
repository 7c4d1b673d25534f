import Gateway
import GrantCore
import Linux

/// Computes slow hashes in a worker's background thread.
struct BackgroundHashQueue: HashQueue {
    let queue: BackgroundQueue

    func enter() async throws(HashQueueRefusal) -> Bool {
        do throws(BackgroundQueue.Refusal) {
            return try await queue.enter()
        } catch {
            throw error == .busy ? .busy : .abandoned
        }
    }

    func leave() { queue.leave() }

    func run<Result: Sendable>(_ work: @escaping @Sendable () -> Result) async -> Result {
        await queue.run(work)
    }
}
