import FileStore
import GrantCore
import StoreSimulation
import Synchronization
import SystemPackage
import Testing

@Suite("A used assertion passes no second time, whatever becomes of processes and disk")
struct AssertionCrashTests {
    private static let end = Cast.start.adding(seconds: 300)

    private static func name(_ number: Int) -> AssertionName {
        AssertionName(client: Cast.clients[1], jti: "\(number)")
    }

    /// With a first table of one bucket, so that names are in three of them.
    private static func open(_ process: SimulatedProcess, _ durability: Durability) throws -> FileUsedAssertions {
        let state = try StateDirectory(path: SimulatedWorker.path, fileSystem: process)
        return try FileUsedAssertions(in: state, durability: durability, bucketCount: 1)
    }

    private static func open(_ machine: SimulatedMachine, _ durability: Durability) throws -> FileUsedAssertions {
        try open(machine.process(user: User.service), durability)
    }

    @Test
    func `a power cut at any moment loses none that was answered, in the mode disk`() throws {
        let machine = SimulatedMachine(time: Cast.start)
        let stores = try (0..<2).map { _ in try Self.open(machine, .disk) }
        var answered: [Int] = []
        for number in 0..<100 {
            #expect(try stores[number % 2].use(Self.name(number), until: Self.end, at: machine.time))
            answered.append(machine.position)
        }
        var history = DiskHistory(machine.disk)
        var (random, states) = (SeededRandom(seed: 1), 0)
        for (position, logged) in machine.content.withLock({ $0.log }).enumerated() {
            history.follow(logged.operation)
            let certain = answered.count { $0 <= position + 1 }
            for survivors in history.survivors(limit: 8, torn: 8, &random) {
                let after = try Self.open(SimulatedMachine(history.image(survivors), time: machine.time), .disk)
                // Those of the last moments, and some of the others.
                for number in 0..<certain where number >= certain - 3 || number % 17 == position % 17 {
                    #expect(try !after.use(Self.name(number), until: Self.end, at: machine.time))
                }
                // And it goes on.
                #expect(try after.use(Self.name(1000), until: Self.end, at: machine.time))
                #expect(try !after.use(Self.name(1000), until: Self.end, at: machine.time))
                states += 1
            }
        }
        #expect(states > 1000)
    }

    @Test
    func `what another noted and could not sync hides nothing that was answered`() throws {
        for failing in 0..<20 {
            let machine = SimulatedMachine(time: Cast.start)
            let before = try Self.open(machine, .disk)
            for number in 0..<failing {
                #expect(try before.use(Self.name(number), until: Self.end, at: machine.time))
            }
            let process = machine.process(user: User.service)
            let unlucky = try Self.open(process, .disk)
            process.intercept { _, call in call == .fdatasync ? .failure(.ioError) : nil }
            #expect(throws: StorageError.syncFailed("fdatasync: \(Errno.ioError)")) {
                try unlucky.use(Self.name(failing), until: Self.end, at: machine.time)
            }
            // Others had the file open, and end when they hear of it.
            let later = try Self.open(machine, .disk)
            #expect(try !later.use(Self.name(failing), until: Self.end, at: machine.time))
            for number in 20..<40 { #expect(try later.use(Self.name(number), until: Self.end, at: machine.time)) }
            let after = try Self.open(machine.restartedWithoutUnsynced(), .disk)
            for number in Array(0..<failing) + Array(20..<40) {
                #expect(try !after.use(Self.name(number), until: Self.end, at: machine.time))
            }
        }
    }

    @Test
    func `a process that is killed at any call loses none that was answered, in either mode`() throws {
        for durability in Durability.allCases {
            let whole = SimulatedMachine(time: Cast.start).process(user: User.service)
            let store = try Self.open(whole, durability)
            for number in 0..<20 { _ = try store.use(Self.name(number), until: Self.end, at: Cast.start) }
            for call in whole.calls.indices {
                let machine = SimulatedMachine(time: Cast.start)
                let killed = machine.process(user: User.service)
                killed.intercept { number, _ in number == call ? .kill : nil }
                var answered = 0
                if let store = try? Self.open(killed, durability) {
                    while answered < 20,
                        (try? store.use(Self.name(answered), until: Self.end, at: machine.time)) == true
                    {
                        answered += 1
                    }
                }
                let other = try Self.open(machine, durability)
                for number in 0..<answered {
                    #expect(try !other.use(Self.name(number), until: Self.end, at: machine.time), "call \(call)")
                }
                for number in (answered + 1)..<25 {
                    #expect(try other.use(Self.name(number), until: Self.end, at: machine.time), "call \(call)")
                }
            }
        }
    }

    @Test
    func `whatever call of one another comes in before, one of them passes`() throws {
        var moments = 0
        for moment in 0..<100 {
            let machine = SimulatedMachine(time: Cast.start)
            let process = machine.process(user: User.service)
            let (one, other) = (try Self.open(process, .process), try Self.open(machine, .process))
            let first = process.calls.count
            nonisolated(unsafe) var second: Bool?
            nonisolated(unsafe) let between = other
            process.intercept { number, _ in
                if number == first + moment {
                    unsafe second = try? between.use(Self.name(1), until: Self.end, at: machine.time)
                }
                return nil
            }
            let isFirst = try one.use(Self.name(1), until: Self.end, at: machine.time)
            process.intercept(nil)
            // Without the lock it fails here, where it would wait.
            let passed = (isFirst ? 1 : 0) + (unsafe second == true ? 1 : 0)
            #expect(passed == 1)
            #expect(try !other.use(Self.name(1), until: Self.end, at: machine.time))
            if process.calls.count <= first + moment { break }
            moments += 1
        }
        #expect((5..<100).contains(moments))
    }

    @Test
    func `on a full disk nothing passes, and what was used is refused; windows that have passed make room`() throws {
        let machine = SimulatedMachine(time: Cast.start)
        let store = try Self.open(machine, .disk)
        machine.content.withLock { $0.capacity = 10 }
        var used = 0
        #expect(throws: StorageError.full("pwrite: \(Errno.noSpace)")) {
            while used < 10_000, try store.use(Self.name(used), until: Self.end, at: machine.time) { used += 1 }
        }
        #expect((16..<1000).contains(used))
        for number in 0..<used { #expect(try !store.use(Self.name(number), until: Self.end, at: machine.time)) }
        let late = Self.name(used)
        #expect(throws: StorageError.self) { try store.use(late, until: Self.end, at: machine.time) }
        machine.content.withLock { $0.capacity = nil }
        #expect(try store.use(late, until: Self.end, at: machine.time))

        machine.content.withLock { $0.capacity = 10 }
        machine.advance(seconds: 3000)
        let later = machine.time.adding(seconds: 300)
        #expect(try store.use(Self.name(20_000), until: later, at: machine.time))
        #expect(try !store.use(Self.name(20_000), until: later, at: machine.time))
    }
}
