import Glibc
import Testing

@testable import Pool

@Suite("The workers of a pool")
struct PoolTests {
    @Test func `All are started at once`() {
        let pool = PoolInTime(size: 3)
        #expect(pool.act() == [.start(1), .start(2), .start(3)])
        #expect(pool.pool.readyCount == 0)
        pool.ready(1, 2, 3)
        #expect(pool.pool.isWhole)
        #expect(pool.act() == [])
        #expect(pool.pool.wakeUp == nil)
    }

    @Test func `What is known, or not known at all, is no news`() {
        let pool = PoolInTime(size: 1)
        _ = pool.act()
        #expect(pool.ready(1))
        #expect(!pool.ready(1))
        #expect(!pool.ready(7))
        #expect(pool.end(7, .exit(1)) == nil)
    }

    @Test(arguments: [ProcessEnd.exit(74), .signal(SIGSEGV)])
    func `One that has served for a while is replaced at once`(_ end: ProcessEnd) {
        let pool = PoolInTime.serving(2)
        pool.pass(Pool.stableAfter)
        #expect(pool.end(1, end) == .replaced(after: .zero))
        #expect(pool.act() == [.start(3)])
    }

    @Test func `One that dies young is replaced after a delay, which grows`() {
        let pool = PoolInTime.serving(1)
        var expected: [Duration] = [100, 200, 400, 800, 1600, 3000, 3000, 3000].map { .milliseconds($0) }
        while let delay = expected.first {
            expected.removeFirst()
            #expect(pool.end(pool.latest, .exit(74)) == .replaced(after: delay))
            #expect(pool.act() == [])
            #expect(pool.pool.wakeUp == pool.now + delay)
            pool.pass(delay)
            #expect(pool.act() == [.start(pool.latest)])
            pool.ready(pool.latest)
        }
    }

    @Test(arguments: [ProcessEnd.signal(SIGKILL), .signal(SIGTERM), .exit(0)])
    func `One that is ended young from outside is replaced after the shortest delay`(_ end: ProcessEnd) {
        let pool = PoolInTime.serving(1)
        for _ in 0..<9 {
            #expect(pool.end(pool.latest, end) == .replaced(after: RestartDelay.shortest))
            pool.pass(RestartDelay.shortest)
            #expect(pool.act() == [.start(pool.latest)])
            pool.ready(pool.latest)
        }
    }

    @Test func `After a failure they are started one at a time, until all serve again`() {
        let pool = PoolInTime.serving(3)
        for process in 1...3 { pool.end(Int32(process), .exit(1)) }
        pool.pass(.milliseconds(400))
        #expect(pool.act() == [.start(4)])
        pool.ready(4)
        #expect(pool.act() == [.start(5)])
        #expect(pool.end(5, .exit(74)) == .startFailed(retryAfter: .milliseconds(800)))
        #expect(pool.act() == [])
        pool.pass(.milliseconds(800))
        #expect(pool.act() == [.start(6)])
        pool.ready(6)
        #expect(pool.act() == [.start(7)])
    }

    @Test func `A pool none of whose first workers becomes ready has failed`() {
        let pool = PoolInTime(size: 2)
        _ = pool.act()
        #expect(pool.end(1, .exit(74)) == .startFailed(retryAfter: .milliseconds(100)))
        #expect(!pool.pool.hasFailedToStart)
        #expect(pool.end(2, .exit(74)) == .poolFailed)
        #expect(pool.pool.hasFailedToStart && pool.pool.isFinished)
        #expect(pool.act() == [])
    }

    @Test func `A pool one of whose first workers serves goes on without the others, and tries again`() {
        let pool = PoolInTime(size: 2)
        _ = pool.act()
        pool.end(1, .exit(74))
        pool.ready(2)
        #expect(!pool.pool.isWhole)
        pool.pass(.milliseconds(100))
        #expect(pool.act() == [.start(3)])
    }

    @Test func `A pool that cannot start a process at all has failed`() {
        var pool = Pool(size: 2)
        let first = pool.next(at: .now)
        let loss = pool.startFailed(at: .now)
        let second = pool.next(at: .now)
        #expect((first, loss, second) == (.start, .poolFailed, nil))
        #expect(pool.isFinished)
    }

    @Test func `A pool that has served never fails`() {
        let pool = PoolInTime.serving(1)
        pool.end(1, .exit(74))
        for _ in 0..<50 {
            pool.pass(.seconds(3))
            #expect(pool.act() == [.start(pool.latest)])
            guard case .startFailed = pool.end(pool.latest, .exit(74)) else {
                Issue.record("it gave up")
                return
            }
        }
    }

    @Test func `One that does not become ready in time is killed, once, and has failed`() {
        let pool = PoolInTime.serving(1)
        pool.pass(Pool.stableAfter)
        pool.end(1, .exit(74))
        _ = pool.act()
        #expect(pool.pool.wakeUp == pool.now + Pool.startLimit)
        pool.pass(Pool.startLimit)
        #expect(pool.act() == [.kill(2)])
        #expect(pool.act() == [])
        #expect(pool.end(2, .signal(SIGKILL)) == .startFailed(retryAfter: .milliseconds(100)))
    }
}
