import Testing

@testable import Pool

@Suite("The delay before another start")
struct RestartDelayTests {
    private let start = ContinuousClock.now

    @Test func `It doubles from failure to failure, up to a bound`() {
        var restarts = RestartDelay()
        let delays = (0..<8).map { restarts.next(at: start + .seconds($0)) }
        #expect(delays == [100, 200, 400, 800, 1600, 3000, 3000, 3000].map { Duration.milliseconds($0) })
    }

    @Test func `It begins anew when there was no failure for a while`() {
        var restarts = RestartDelay()
        _ = restarts.next(at: start)
        #expect(restarts.next(at: start + RestartDelay.patience) == .milliseconds(200))
        let later = start + RestartDelay.patience * 2 + .milliseconds(1)
        #expect(restarts.next(at: later) == RestartDelay.shortest)
    }
}
