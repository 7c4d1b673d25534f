// One of the processes that race for the same assertions: prints the number of each that passed.
//
//     store-using-process STATE process|disk|PORT FIRST COUNT
//
// PORT is that of an engine on the loopback. It begins when its standard input ends.

import FileStore
import Glibc
import GrantCore
import Linux
import RedisStore

/// The program.
@main
enum UsingProcess {
    static func main() throws {
        try run()
    }

    /// Not `main` itself: that is the main actor's, which this thread's executor does not run.
    private nonisolated static func run() throws {
        let arguments = CommandLine.arguments
        guard arguments.count == 5, let first = Int(arguments[3]), let count = Int(arguments[4]) else { exit(64) }
        let numbers = first..<first + count
        let state = try StateDirectory(path: arguments[1])
        if let durability = Durability(rawValue: arguments[2]) {
            let store = try FileUsedAssertions(in: state, durability: durability)
            return try ThreadExecutor().run { try await use(numbers, in: store) }
        }
        guard let port = UInt16(arguments[2]) else { exit(64) }
        var settings = EngineSettings(seeds: [.tcp(host: "127.0.0.1", port: port)])
        settings.replicas = 0
        let engine = try Engine(settings, journal: RevocationJournal(in: state))
        let store = RedisStore(in: engine, durability: .process).assertions
        try ThreadExecutor().run(serving: engine.loop) { try await use(numbers, in: store) }
    }

    /// Uses the assertions of these numbers, once the others are there.
    private static func use(_ numbers: Range<Int>, in store: some UsedAssertions) async throws {
        guard let id = ClientID("racer") else { exit(64) }
        var byte: UInt8 = 0
        while unsafe read(STDIN_FILENO, &byte, 1) > 0 {}
        for number in numbers {
            let (name, now) = (AssertionName(client: id, jti: "\(number)"), KernelFileSystem().now)
            guard try await store.use(name, until: now.adding(seconds: 300), at: now) else { continue }
            let line = Array("\(number)\n".utf8)
            guard unsafe write(STDOUT_FILENO, line, line.count) == line.count else { exit(74) }
        }
    }
}
