import Synchronization

/// Something that is true once.
final class AtomicFlag: Sendable {
    private let isTaken = Mutex(false)

    /// Whether this is the first call.
    func take() -> Bool {
        isTaken.withLock { isTaken in
            defer { isTaken = true }
            return !isTaken
        }
    }
}
