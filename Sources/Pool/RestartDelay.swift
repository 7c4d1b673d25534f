/// How long a pool waits before it tries again to start a worker: longer with every failure, up to a bound.
package struct RestartDelay {
    package static let shortest = Duration.milliseconds(100)
    /// Within five seconds of a repair the service is to be whole, its start included.
    package static let longest = Duration.seconds(3)
    /// A failure that comes so long after the last one is the first of a new kind.
    package static let patience = Duration.seconds(10)

    private var delay = Duration.zero
    private var lastFailure: ContinuousClock.Instant?

    /// The delay after a failure.
    package mutating func next(at now: ContinuousClock.Instant) -> Duration {
        let isNew = lastFailure.map { now - $0 > Self.patience } ?? true
        delay = isNew ? Self.shortest : min(delay * 2, Self.longest)
        lastFailure = now
        return delay
    }
}
