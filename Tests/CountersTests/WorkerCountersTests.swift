import Foundation
import Glibc
import Synchronization
import Testing

@testable import Counters

@Suite("Counters of workers")
struct WorkerCountersTests {
    let folder: StateFolder

    init() throws { folder = try StateFolder() }

    @Test("Each event is counted once, where it belongs")
    func events() throws {
        let (counters, reports) = folder.counters()
        counters.answered(.token, 200, after: .microseconds(700))
        counters.answered(.token, 401, after: .milliseconds(100))
        counters.answered(.check, 204)
        counters.answered(.other, 599)
        counters.checked(.allowed)
        counters.checked(.invalidToken)
        counters.issued(to: "robot")
        counters.revoked()
        counters.refused(.wrongSecret, client: "robot", isKnown: true)
        counters.dropped()
        counters.unaudited()
        let total = try folder.reading().total
        #expect(total.requests(.token, status: 200) == 1)
        #expect(total.requests(.token, status: 401) == 1)
        #expect(total.requests(.check, status: 204) == 1)
        #expect(total.requests(.other, status: 0) == 1, "a status without a name")
        #expect(total.requests == 4)
        #expect(total.checks(.allowed) == 1 && total.checks(.invalidToken) == 1 && total.checksDenied == 1)
        #expect(total.tokensIssued == 1 && total.tokensRevoked == 1)
        #expect(total.refusals(.wrongSecret) == 1 && total.refusals(.unknownClient) == 0)
        #expect(total.dropped == 1 && total.auditFailures == 1)
        let durations = total.durations(of: .token)
        #expect(durations.buckets.enumerated().filter { $1 > 0 }.map(\.offset) == [3, 9])
        #expect(abs(durations.seconds - 0.1007) < 1e-6)
        #expect(reports.faults.isEmpty)
    }

    @Test("No two counts share a place, and all have one in the page")
    func places() {
        var places: [Int] = [1, 2, 3, 4]
        places += CheckDecision.allCases.map { CounterLayout.checks + $0.index }
        places += CountedRefusal.allCases.map { CounterLayout.refusals + $0.index }
        for endpoint in CountedEndpoint.allCases {
            places += CounterLayout.statuses.map { CounterLayout.requests(endpoint, status: $0) }
            places += (0...DurationBuckets.count).map { CounterLayout.durations(of: endpoint) + $0 }
        }
        places += (0...DurationBuckets.count).map { CounterLayout.engineDurations + $0 }
        #expect(Set(places).count == places.count)
        #expect(places.allSatisfy { $0 > CounterLayout.slot && $0 < CounterLayout.pageCount })
        #expect(places.max() == CounterLayout.end - 1)
    }

    @Test("A duration is in the first bucket whose bound it does not exceed")
    func buckets() {
        for (index, seconds) in DurationBuckets.seconds.enumerated() {
            let bound = DurationBuckets.units(of: .seconds(seconds))
            #expect(DurationBuckets.index(of: bound) == index)
            #expect(DurationBuckets.index(of: bound + 2) == index + 1)
        }
        #expect(DurationBuckets.index(of: DurationBuckets.units(of: .seconds(-1))) == 0)
        #expect(DurationBuckets.index(of: .max) == DurationBuckets.count - 1)
    }

    @Test("Workers are summed, and what one counted stays when it ends")
    func several() throws {
        var first: WorkerCounters? = folder.counters().0
        let (second, _) = folder.counters()
        first?.issued(to: "")
        second.issued(to: "")
        first?.connections(9, busy: 9)
        second.connections(7, busy: 2)
        #expect(try folder.reading().workers.count == 2)
        first = nil
        let reading = try folder.reading()
        #expect(reading.total.tokensIssued == 2)
        #expect(reading.workers.map(\.connections) == [7] && reading.workers.map(\.busy) == [2])
        // The next one goes on in the area of the first.
        let (third, _) = folder.counters()
        third.answered(.token, 200)
        third.issued(to: "")
        #expect(try folder.reading().total.tokensIssued == 3)
        #expect(try folder.reading().workers.map(\.requests).sorted() == [0, 1])
        #expect(try folder.reading().workers.map(\.connections).sorted() == [0, 7], "nothing is left of the first's")
        #expect(try third.reading(withHistory: false).workers.count == 2, "its own lock is not another's")
    }

    @Test("More workers than there are areas count for themselves", arguments: [CounterFormat.areaCount])
    func full(_ count: Int) throws {
        let all = (0..<count).map { _ in folder.counters() }
        let (one, reports) = folder.counters()
        #expect(reports.faults == [.full])
        one.issued(to: "")
        #expect(try folder.reading().total.tokensIssued == 0)
        let faults = all.flatMap(\.1.faults)
        #expect(faults.isEmpty)
    }

    @Test("A lock-out is remembered in the place of the one that ends first")
    func lockOuts() throws {
        let (counters, _) = folder.counters()
        for number in 1...AreaFormat.lockOutCount + 3 {
            counters.lockedOut("client-\(number)", from: "::1", seconds: number)
        }
        counters.lockedOut("client-9", from: "::1", seconds: 100)
        let lockOuts = try folder.reading().lockOuts
        #expect(Set(lockOuts.map(\.id)) == Set((4...AreaFormat.lockOutCount + 3).map { "client-\($0)" }))
        #expect(lockOuts.count == AreaFormat.lockOutCount)
        let until = lockOuts.max { $0.until < $1.until }
        #expect(until?.id == "client-9" && until?.address == "::1")
    }

    @Test("Ids of any length are kept whole up to 250 bytes", arguments: [1, 7, 8, 9, 249, 250])
    func lengths(_ length: Int) throws {
        let id = String(repeating: "é", count: length / 2) + String(repeating: "x", count: length % 2)
        let (counters, _) = folder.counters(countsClients: true)
        counters.lockedOut(id, from: "192.0.2.1", seconds: 60)
        counters.issued(to: id)
        #expect(try folder.reading().lockOuts.map(\.id) == [id])
        #expect(try folder.reading().clients.map(\.id) == [id])
    }
}

@Suite("Counts by client")
struct ClientCountsTests {
    let folder: StateFolder

    init() throws { folder = try StateFolder() }

    @Test("Invented ids take no room, until the client is known to exist")
    func invented() throws {
        let (counters, _) = folder.counters(countsClients: true)
        for number in 0..<2000 { counters.refused(.unknownClient, client: "invented-\(number)", isKnown: false) }
        #expect(try folder.reading().clients.isEmpty)
        counters.refused(.tooManyFailures, client: "robot", isKnown: false)
        counters.issued(to: "robot")
        counters.refused(.tooManyFailures, client: "robot", isKnown: false)
        #expect(try folder.reading().clients == [.init(id: "robot", tokensIssued: 1, refusals: 1)])
    }

    @Test("At most 1,000 clients are counted, and two workers add to the same entries")
    func bounded() throws {
        let (one, _) = folder.counters(countsClients: true)
        let (other, _) = folder.counters(countsClients: true)
        for number in 0..<1100 {
            one.issued(to: "client-\(number)")
            other.issued(to: "client-\(1099 - number)")
        }
        let clients = try folder.reading().clients
        #expect(clients.count == 1000)
        #expect(Set(clients.map(\.id)).count == 1000, "no client has two entries")
        // The first to fill the table made entries of both ends, and each worker's own are counted by both.
        #expect(clients.allSatisfy { $0.tokensIssued == 2 })
    }

    @Test("Workers that add a client at the same moment make one entry", arguments: 0..<20)
    func together(_ round: Int) throws {
        let path = folder.path
        _ = folder.counters()
        // While the test has the lock, each finds no entry and waits to add one.
        let lock = unsafe open(folder.file, O_RDONLY)
        #expect(flock(lock, LOCK_EX) == 0)
        let finished = Finished()
        for _ in 0..<2 {
            Thread.detachNewThread {
                let table = try? ClientTable(in: CounterFile(in: path))
                table?.countIssued("robot")
                finished.number.withLock { $0 += 1 }
            }
        }
        usleep(3000)
        close(lock)
        while finished.number.withLock({ $0 }) < 2 { usleep(100) }
        // One that had to wait for too long is not counted.
        #expect(try folder.reading().clients.count <= 1)
    }

    @Test("Two spellings of a letter are two clients")
    func spellings() throws {
        let (counters, _) = folder.counters(countsClients: true)
        for id in ["caf\u{E9}", "cafe\u{301}"] { counters.issued(to: id) }
        #expect(try folder.reading().clients.map { Array($0.id.utf8).count } == [5, 6])
    }

    @Test("Without the setting nothing is counted by client")
    func off() throws {
        let (counters, _) = folder.counters()
        counters.issued(to: "robot")
        #expect(try folder.reading().clients.isEmpty)
    }
}

/// How many threads are done.
private final class Finished: Sendable {
    let number = Mutex(0)
}
