import Glibc
import Linux
import Testing

@testable import Counters

@Suite("The file of counters")
struct CounterFileTests {
    let folder: StateFolder

    init() throws { folder = try StateFolder() }

    private static let foreign: [[UInt8]] = [
        [], [0], Array("grantd counters 2\n".utf8), [UInt8](repeating: 0xFF, count: 4096),
        [UInt8](repeating: 0, count: Int(CounterFormat.size)),
        [UInt8](repeating: 0xFF, count: Int(CounterFormat.size)),
        Array("grantd counters 9\n".utf8) + [UInt8](repeating: 0, count: Int(CounterFormat.size) - 18),
    ]

    @Test("What is not a file of counters is replaced by one", arguments: foreign)
    func replaced(_ bytes: [UInt8]) throws {
        folder.put(bytes)
        #expect(throws: CountersFault.foreign) { try folder.reading() }
        let (counters, reports) = folder.counters()
        counters.issued(to: "")
        #expect(try folder.reading().total.tokensIssued == 1)
        #expect(reports.faults.isEmpty)
    }

    @Test("A file that others can read, a link and a pipe are replaced, and what a link names is left")
    func notOurs() throws {
        let other = try StateFolder()
        other.put([1, 2, 3])
        let makings: [(String) -> Void] = [
            { path in
                _ = folder.counters()
                unsafe chmod(path, 0o640)
            },
            { path in unsafe symlink(other.file, path) },
            { path in unsafe mkfifo(path, 0o600) },
        ]
        for making in makings {
            unsafe unlink(folder.file)
            making(folder.file)
            let (counters, reports) = folder.counters()
            counters.issued(to: "")
            #expect(try folder.reading().total.tokensIssued == 1)
            #expect(reports.faults.isEmpty)
            var status = stat()
            #expect(unsafe lstat(folder.file, &status) == 0 && status.st_mode == S_IFREG | 0o600)
        }
        var status = stat()
        unsafe stat(other.file, &status)
        #expect(status.st_size == 3)
    }

    @Test("A directory in its place is left, and the worker counts for itself")
    func directory() throws {
        unsafe mkdir(folder.file, 0o700)
        let (counters, reports) = folder.counters()
        counters.issued(to: "")
        counters.answered(.token, 200)
        #expect(reports.faults.count == 1)
        #expect(throws: CountersFault.self) { try counters.reading(withHistory: false) }
        unsafe rmdir(folder.file)
        #expect(try counters.reading(withHistory: false).total.tokensIssued == 0)
        #expect(reports.faults.count == 2 && reports.faults[1] == nil, "it says that it counts again")
    }

    @Test("A file that is cut short under a worker costs counts alone", arguments: [0, 100, 4096, 1_900_000])
    func truncated(_ size: Int) throws {
        let (counters, _) = folder.counters(countsClients: true)
        counters.issued(to: "robot")
        #expect(unsafe truncate(folder.file, off_t(size)) == 0)
        for _ in 0..<3 {
            counters.issued(to: "robot")
            counters.answered(.token, 200)
            counters.lockedOut("robot", from: "::1", seconds: 9)
        }
        // It is asked for its counts, and finds out.
        #expect(try counters.reading(withHistory: true).total.tokensIssued == 0)
        counters.issued(to: "robot")
        #expect(try folder.reading().total.tokensIssued == 1)
        #expect(try folder.reading().clients.map(\.id) == ["robot"])
    }

    @Test("A file that was cut short and restored is counted in again")
    func restored() throws {
        let (counters, _) = folder.counters()
        counters.issued(to: "")
        let number = unsafe open(folder.file, O_RDONLY)
        var backup = [UInt8](repeating: 0, count: Int(CounterFormat.size))
        #expect(unsafe pread(number, &backup, backup.count, 0) == backup.count)
        close(number)
        #expect(unsafe truncate(folder.file, 0) == 0)
        counters.issued(to: "")
        folder.overwrite(backup)
        counters.issued(to: "")
        #expect(try counters.reading(withHistory: false).total.tokensIssued == 1, "what was counted meanwhile is lost")
        counters.issued(to: "")
        #expect(try folder.reading().total.tokensIssued == 2)
    }

    @Test("A header that is damaged under a worker is no other version's")
    func damagedHeader() throws {
        let (counters, reports) = folder.counters()
        let (other, others) = folder.counters()
        folder.overwrite(Array("grantd counters 9\n".utf8))
        #expect(try counters.reading(withHistory: false).workers.count == 1)
        #expect(try other.reading(withHistory: false).workers.count == 2)
        folder.overwrite([UInt8](repeating: 0, count: 8), at: Int(CounterFormat.usedAreas))
        other.issued(to: "")
        #expect(try other.reading(withHistory: false).workers.count == 2)
        #expect(try counters.reading(withHistory: false).workers.count == 2)
        #expect(reports.faults.isEmpty && others.faults.isEmpty)
    }

    @Test("A lock that another process keeps costs counts alone", arguments: [true, false])
    func locked(_ isDirectory: Bool) throws {
        let (counters, reports) = folder.counters(countsClients: true)
        let number = unsafe open(isDirectory ? folder.path : folder.file, O_RDONLY)
        #expect(flock(number, LOCK_EX | LOCK_NB) == 0)
        if isDirectory { unsafe unlink(folder.file) }
        let began = ContinuousClock.now
        counters.issued(to: "robot")
        let reading = try? counters.reading(withHistory: false)
        #expect(.now - began < .seconds(20))
        #expect((reading == nil) == isDirectory)
        #expect(reports.faults == (isDirectory ? [.locked("the state directory")] : []))
        close(number)
        counters.issued(to: "robot")
        #expect(try counters.reading(withHistory: false).total.tokensIssued == (isDirectory ? 0 : 2))
    }

    @Test("A file that is taken away is made again")
    func unlinked() throws {
        let (counters, _) = folder.counters()
        counters.issued(to: "")
        unsafe unlink(folder.file)
        counters.issued(to: "")
        #expect(throws: CountersFault.missing) { try folder.reading() }
        #expect(try counters.reading(withHistory: false).total.tokensIssued == 0)
        counters.issued(to: "")
        #expect(try folder.reading().total.tokensIssued == 1)
    }

    @Test("Any bytes are read within bounds", arguments: 0..<200)
    func garbage(_ seed: UInt64) throws {
        let (counters, _) = folder.counters(countsClients: true)
        counters.issued(to: "robot")
        var generator = SplitMix(state: seed)
        for _ in 0..<40 {
            let count = Int.random(in: 1...600, using: &generator)
            let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
            // The header's magic stays, so that the rest is looked at.
            folder.overwrite(bytes, at: Int.random(in: 32...Int(CounterFormat.size) - 600, using: &generator))
        }
        folder.overwrite((0..<24).map { _ in UInt8.random(in: 0...255, using: &generator) }, at: 32)
        let reading = try folder.reading(withHistory: true)
        #expect(reading.workers.count <= CounterFormat.areaCount)
        #expect(reading.clients.count <= CounterFormat.clientCount)
        let history = CounterHistory(reading, at: 1_800_000_000)
        #expect(history.hour.count == CounterHistory.count)
        _ = history.last(60)
    }

    @Test("Another version's file is left alone while one counts in it", arguments: [0, 4096, -4096])
    func otherVersion(_ more: Int) throws {
        folder.put(
            Array("grantd counters 9\n".utf8) + [UInt8](repeating: 0, count: Int(CounterFormat.size) - 18 + more)
        )
        let number = unsafe open(folder.file, O_RDWR)
        #expect(ByteRangeLock(CounterFormat.area(0), length: 1).take(number))
        let (counters, reports) = folder.counters()
        #expect(reports.faults == [.otherVersion])
        counters.issued(to: "")
        close(number)
        #expect(try counters.reading(withHistory: false).total.tokensIssued == 0)
    }

    @Test("A supervisor's numbers count while it is there, and its restarts stay")
    func pools() throws {
        var census = PoolCounters.Census()
        (census.size, census.serving, census.restarts) = (4, 3, 2)
        var pool: PoolCounters? = PoolCounters(in: folder.path) { _ in }
        pool?.changed(census)
        #expect(try folder.reading().pools.map(\.serving) == [3])
        #expect(try folder.reading().pools.map(\.isLive) == [true])
        pool = nil
        #expect(try folder.reading().pools.map(\.isLive) == [false])
        pool = PoolCounters(in: folder.path) { _ in }
        census.restarts = 1
        pool?.changed(census)
        #expect(try folder.reading().pools.map(\.restarts) == [3])
    }
}

/// Random numbers that are the same at each run.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
        return value ^ value >> 31
    }
}
