import Synchronization

/// The steps that are left for comparing the locations and servers of one site with each other, so that no configuration
/// takes time by the square of its size.
final class Effort: Sendable {
    /// How many steps a site has.
    static let usual = 4_000_000

    private let left: Atomic<Int>

    /// A budget of which nothing is spent yet.
    ///
    /// - Parameter steps: the steps that may be spent.
    init(steps: Int = usual) {
        left = Atomic(steps)
    }

    /// Spends steps; false once there were too few.
    @discardableResult
    func spend(_ steps: Int = 1) -> Bool {
        guard !isSpent else { return false }
        return left.subtract(steps, ordering: .relaxed).newValue > 0
    }

    /// Whether no step is left: what is compared from here on is not known.
    var isSpent: Bool { left.load(ordering: .relaxed) <= 0 }
}
