import FileStore
import GrantCore
import Linux

/// The census of a state directory, which requests share so that it costs at most 2 % of the time.
///
/// A census reads every file, so it runs in the background in pieces of 10 ms, and slow hashes run between them. A request
/// waits for a second at most; the next request continues a census that takes longer.
final class SharedCensus {
    private let directory: String
    private let background: BackgroundQueue?
    private var last: StateCensus?
    private var finishedAt: ContinuousClock.Instant?
    private var taker: CensusTaker?
    private var isBusy = false
    /// How long the last one took.
    private var work: Duration = .zero

    /// How long a request waits.
    private static let patience: Duration = .seconds(1)
    /// The length of a piece.
    private static let piece: Duration = .milliseconds(10)

    /// A census of a state directory.
    ///
    /// - Parameters:
    ///   - directory: its path.
    ///   - background: where the work is done; nil for the thread that asks.
    init(of directory: String, in background: BackgroundQueue?) {
        self.directory = directory
        self.background = background
    }

    /// The current census, or the last one while the next is not due or not finished; nil before the first.
    func latest(at now: Timestamp) async -> StateCensus? {
        if let finishedAt, .now < finishedAt + pause { return last }
        guard !isBusy else { return last }
        isBusy = true
        defer { isBusy = false }
        let taker = self.taker ?? CensusTaker(of: directory, at: now)
        self.taker = taker
        let end = ContinuousClock.now + Self.patience
        while .now < end {
            switch await advance(taker) {
            case nil: return last
            case .success(nil)?: continue
            case .success(let census?)?: last = census
            case .failure?: last = nil
            }
            self.taker = nil
            finishedAt = .now
            work = taker.work
            break
        }
        return last
    }

    /// How long a census counts as current: fifty times as long as it took.
    private var pause: Duration { max(.milliseconds(500), work * 50) }

    /// Runs a piece of the census; nil if the background queue is full.
    private func advance(_ taker: CensusTaker) async -> Result<StateCensus?, any Error>? {
        guard let background else { return Result { try taker.advance(for: Self.piece) } }
        do throws(BackgroundQueue.Refusal) {
            _ = try await background.enter()
        } catch {
            return nil
        }
        defer { background.leave() }
        return await background.run { Result { try taker.advance(for: Self.piece) } }
    }
}
