import Glibc
import Testing

@testable import Pool

@Suite("The end of a pool")
struct PoolStopTests {
    @Test func `All workers are told, and waited for`() {
        let pool = PoolInTime.serving(2)
        pool.pool.stop()
        #expect(pool.act() == [.terminate(1), .terminate(2)])
        #expect(pool.end(1, .exit(0)) == .stopped)
        #expect(!pool.pool.isFinished)
        #expect(pool.end(2, .exit(0)) == .stopped)
        #expect(pool.pool.isFinished && !pool.pool.hasFailedToStart)
    }

    @Test func `A second stop, and a reload after it, change nothing`() {
        let pool = PoolInTime.serving(2)
        pool.pool.stop()
        _ = pool.act()
        pool.pool.stop()
        pool.pool.reload()
        #expect(!pool.pool.isReloading)
        #expect(pool.act() == [])
    }

    @Test func `One that does not stop in time is killed`() {
        let pool = PoolInTime.serving(2)
        pool.pool.stop()
        _ = pool.act()
        pool.end(1, .exit(0))
        #expect(pool.pool.wakeUp == pool.now + Pool.drainLimit)
        pool.pass(Pool.drainLimit)
        #expect(pool.act() == [.kill(2)])
        #expect(pool.end(2, .signal(SIGKILL)) == .stopped)
        #expect(pool.pool.isFinished)
    }

    @Test func `One that has just been started is told as well, and nobody that ends is replaced`() {
        let pool = PoolInTime.serving(1)
        pool.pass(Pool.stableAfter)
        pool.end(1, .exit(74))
        _ = pool.act()
        pool.pool.stop()
        #expect(pool.act() == [.terminate(2)])
        #expect(!pool.ready(2))
        #expect(pool.end(2, .signal(SIGTERM)) == .stopped)
        #expect(pool.pool.isFinished)
    }

    @Test func `What dies by itself between the stop and its being told is not replaced`() {
        let pool = PoolInTime.serving(2)
        pool.pool.stop()
        #expect(pool.end(1, .exit(0)) == .stopped)
        #expect(pool.act() == [.terminate(2)])
    }

    @Test func `A stop while workers are being replaced stops the old and the new`() {
        let pool = PoolInTime.serving(2)
        pool.pool.reload()
        #expect(pool.act() == [.start(3)])
        pool.pool.stop()
        #expect(pool.act() == [.terminate(1), .terminate(2), .terminate(3)])
        #expect(pool.end(3, .exit(74)) == .stopped)
    }
}
