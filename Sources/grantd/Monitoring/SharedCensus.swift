import FileStore
import GrantCore
import Linux

/// The tokens and clients of a state directory, counted no more often than it is worth.
///
/// It looks at every file, so it works in the background, in pieces of some milliseconds between which slow hashes have
/// their turn. A request waits for a second at most; a census that takes longer is continued by the next request.
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
    /// How long a piece of work takes.
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

    /// The census of now, or the last one while a new one is not worth its work or not finished; nil before the first.
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

    /// How long the last one is taken for current: the work is a fiftieth of the time at most.
    private var pause: Duration { max(.milliseconds(500), work * 50) }

    /// Does a piece of the work; nil if there was no room for it.
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
