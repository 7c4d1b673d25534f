package import Foundation
import GrantCore
import Synchronization

/// The part of the suite that takes real processes: many use the same assertions at the same moment, and one of them is
/// killed again and again.
package struct AssertionRace: Sendable {
    /// What came out.
    package struct Outcome: Sendable {
        /// How many processes were told that they were the first, by the assertion's number.
        package var winners: [Int]
        /// The most processes that won something of the same assertions.
        package var successful = 0
        /// Processes that were killed.
        package var kills = 0
    }

    /// What the assertions are: those of this client, of which the `jti` is the number.
    package static let client = "racer"

    private let executable: URL
    private let place: [String]

    /// - Parameters:
    ///   - executable: a program that takes `place`, a first number and a count as its arguments, waits for its standard input
    ///     to end, uses so many assertions in the order of their numbers, and prints the number of each that passed.
    package init(executable: URL, place: [String]) {
        self.executable = executable
        self.place = place
    }

    /// Runs so many processes for so many assertions, and one beside them that is killed.
    ///
    /// On a busy machine one process may be through before the next begins, and that was no race. Then it is run again for
    /// the next assertions, up to twenty times.
    package func run(processes: Int, assertions: Int) throws -> Outcome {
        var all = Outcome(winners: [])
        for round in 0..<20 where all.successful < 2 {
            let outcome = try run(processes: processes, first: round * assertions, count: assertions)
            all.winners += outcome.winners
            all.successful = max(all.successful, outcome.successful)
            all.kills += outcome.kills
        }
        return all
    }

    private func run(processes: Int, first: Int, count: Int) throws -> Outcome {
        let outcome = Mutex(Outcome(winners: [Int](repeating: 0, count: count)))
        let failures = Mutex<[String]>([])
        let running = Mutex(processes)
        let starter = Foundation.Pipe()
        let all = DispatchGroup()
        func inBackground(_ body: @escaping @Sendable () throws -> Void) {
            all.enter()
            Thread.detachNewThread {
                do { try body() } catch { failures.withLock { $0.append("\(error)") } }
                all.leave()
            }
        }
        @Sendable func note(_ numbers: [Int]) {
            outcome.withLock { outcome in
                for number in numbers { outcome.winners[number - first] += 1 }
                if !numbers.isEmpty { outcome.successful += 1 }
            }
        }
        let started = DispatchSemaphore(value: 0)
        for _ in 0..<processes {
            inBackground {
                defer { running.withLock { $0 -= 1 } }
                let (numbers, status) = try use(first, count, startedBy: starter.fileHandleForReading) { _ in
                    started.signal()
                }
                guard status == 0 else { throw TokenStoreConformance.Broken(description: "exit status \(status)") }
                note(numbers)
            }
        }
        for _ in 0..<processes { started.wait() }
        try starter.fileHandleForWriting.close()
        inBackground {
            repeat {
                let (numbers, _) = try use(first, count, startedBy: FileHandle.nullDevice) { process in
                    Thread.sleep(forTimeInterval: .random(in: 0.005...0.15))
                    kill(process, SIGKILL)
                }
                note(numbers)
                outcome.withLock { $0.kills += 1 }
            } while running.withLock({ $0 > 0 })
        }
        all.wait()
        if let failure = failures.withLock({ $0.first }) { throw TokenStoreConformance.Broken(description: failure) }
        return outcome.withLock { $0 }
    }

    /// Runs one process.
    ///
    /// - Returns: the numbers of the assertions that passed for it, and its exit status.
    private func use(
        _ first: Int,
        _ count: Int,
        startedBy input: FileHandle,
        _ isRunning: (Int32) -> Void
    ) throws -> ([Int], Int32) {
        let process = Process()
        let output = Foundation.Pipe()
        process.executableURL = executable
        process.arguments = place + ["\(first)", "\(count)"]
        // The backtracer of one that fails would go on, and hold its output open.
        process.environment = ["SWIFT_BACKTRACE": "enable=no"]
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        isRunning(process.processIdentifier)
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        // A line that a kill cut short is none.
        let lines = String(decoding: data, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
        return (lines.dropLast().compactMap { Int($0) }, process.terminationStatus)
    }
}

/// A program that is built beside the tests.
package func builtProgram(_ name: String) -> URL {
    Bundle.allBundles
        .compactMap { $0.bundlePath.hasSuffix(".xctest") ? $0.bundleURL.deletingLastPathComponent() : nil }
        .first.map { $0.appendingPathComponent(name) }
        ?? URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent().appendingPathComponent(name)
}
