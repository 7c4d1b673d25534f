import Glibc
import Testing

@testable import Pool

@Suite("The reload of a pool")
struct PoolReloadTests {
    @Test func `Each worker is told to stop once another one serves in its place`() {
        let pool = PoolInTime.serving(2)
        pool.pool.reload()
        #expect(pool.act() == [.start(3)])
        pool.ready(3)
        #expect(pool.act() == [.terminate(1), .start(4)])
        pool.ready(4)
        #expect(pool.act() == [.terminate(2), .reloaded])
        #expect(pool.pool.readyCount == 2)
        #expect(!pool.pool.isReloading)
        #expect(pool.end(1, .exit(0)) == .stopped)
        #expect(pool.end(2, .exit(0)) == .stopped)
        #expect(pool.act() == [])
    }

    @Test func `Those that still finish their requests are never more than those that serve`() {
        let pool = PoolInTime.serving(2)
        pool.pool.reload()
        _ = pool.act()
        pool.ready(3)
        _ = pool.act()
        pool.ready(4)
        #expect(pool.act() == [.terminate(2), .reloaded])
        pool.pool.reload()
        #expect(pool.act() == [])
        #expect(pool.pool.workers.count == 4)
        pool.end(1, .exit(0))
        #expect(pool.act() == [.start(5)])
    }

    @Test func `A reload while another one is under way replaces what it has brought as well, the oldest first`() {
        let pool = PoolInTime.serving(2)
        pool.pool.reload()
        _ = pool.act()
        pool.pool.reload()
        pool.pool.reload()
        #expect(pool.act() == [])
        pool.ready(3)
        #expect(pool.act() == [.terminate(1), .start(4)])
        pool.ready(4)
        #expect(pool.act() == [.terminate(2)])
        pool.end(1, .exit(0))
        #expect(pool.act() == [.start(5)])
        pool.ready(5)
        #expect(pool.act() == [.terminate(3), .reloaded])
    }

    @Test func `Where the new one does not start, the old ones go on`() {
        let pool = PoolInTime.serving(2)
        pool.pool.reload()
        _ = pool.act()
        #expect(pool.end(3, .exit(64)) == .reloadAbandoned)
        #expect(!pool.pool.isReloading && pool.pool.isWhole)
        #expect(pool.act() == [])
        #expect(pool.pool.wakeUp == nil)
        pool.pool.reload()
        #expect(pool.act() == [.start(4)])
    }

    @Test func `Where the new one does not start and an old one has died meanwhile, another one is tried`() {
        let pool = PoolInTime.serving(2)
        pool.pool.reload()
        _ = pool.act()
        pool.pass(Pool.stableAfter)
        #expect(pool.end(1, .exit(74)) == .replaced(after: .zero))
        #expect(pool.end(3, .exit(64)) == .startFailed(retryAfter: .milliseconds(100)))
        #expect(!pool.pool.isReloading)
        pool.pass(.milliseconds(100))
        #expect(pool.act() == [.start(4)])
        pool.ready(4)
        #expect(pool.act() == [])
    }

    @Test func `A new one that is killed from outside is tried again`() {
        let pool = PoolInTime.serving(2)
        pool.pool.reload()
        _ = pool.act()
        #expect(pool.end(3, .signal(SIGKILL)) == .replaced(after: .milliseconds(100)))
        #expect(pool.act() == [])
        #expect(pool.pool.wakeUp == pool.now + .milliseconds(100))
        pool.pass(.milliseconds(100))
        #expect(pool.act() == [.start(4)])
        #expect(pool.pool.isReloading)
    }

    @Test func `It ends what keeps workers waiting for their start`() {
        let pool = PoolInTime.serving(1)
        pool.end(1, .exit(74))
        #expect(pool.act() == [])
        pool.pool.reload()
        #expect(pool.act() == [.start(2)])
        #expect(pool.end(2, .exit(74)) == .startFailed(retryAfter: .milliseconds(100)))
    }

    @Test func `One that dies is replaced first, and needs no other replacement`() {
        let pool = PoolInTime.serving(2)
        pool.pass(Pool.stableAfter)
        pool.pool.reload()
        #expect(pool.act() == [.start(3)])
        #expect(pool.end(1, .exit(74)) == .replaced(after: .zero))
        pool.ready(3)
        #expect(pool.act() == [.start(4)])
        pool.ready(4)
        #expect(pool.act() == [.terminate(2), .reloaded])
    }
}
