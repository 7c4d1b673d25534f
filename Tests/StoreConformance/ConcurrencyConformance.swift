package import Foundation
package import GrantCore
import Linux
import Synchronization

/// The part of the suite that takes real processes: many issue into one place, one of them is killed again and again at
/// random moments, and every token that came out of any of them is looked up by others.
package struct ConcurrencyConformance: Sendable {
    /// What came out.
    package struct Outcome: Sendable {
        /// Tokens that were handed out.
        package var tokens: [String] = []
        /// Processes that were killed.
        package var kills = 0
        /// Tokens of killed processes among them.
        package var tokensOfKilled = 0
        /// Tokens that a reader did not find right after they were handed out.
        package var lost = 0

        /// Whether there was not yet more than one kill, and a token of a killed process.
        fileprivate var isIncomplete: Bool { kills < 2 || tokensOfKilled == 0 }
    }

    private let executable: URL
    private let place: [String]
    private let open: @Sendable () throws -> any TokenStore

    /// - Parameters:
    ///   - executable: a program that takes `place` and a number as its arguments, issues so many tokens, and prints each
    ///     on a line of its own as soon as it is issued.
    ///   - open: opens the same place in this process.
    package init(executable: URL, place: [String], open: @escaping @Sendable () throws -> any TokenStore) {
        self.executable = executable
        self.place = place
        self.open = open
    }

    /// Runs so many processes that issue so many tokens each, and one beside them that is killed.
    package func run(processes: Int, tokensEach: Int, at now: Timestamp) throws -> Outcome {
        let outcome = Mutex(Outcome())
        let running = Mutex(processes)
        let failures = Mutex<[any Error]>([])
        let all = DispatchGroup()
        func inBackground(_ body: @escaping @Sendable () async throws -> Void) {
            // Threads, for they wait most of the time, and a dispatch queue has few.
            all.enter()
            Thread.detachNewThread {
                ThreadExecutor().run {
                    do { try await body() } catch { failures.withLock { $0.append(error) } }
                }
                all.leave()
            }
        }
        for _ in 0..<processes {
            inBackground {
                defer { running.withLock { $0 -= 1 } }
                let (tokens, lost) = try await issue(tokensEach, at: now, killedAfter: nil)
                guard tokens.count == tokensEach else {
                    throw TokenStoreConformance.Broken(description: "a process ended after \(tokens.count) tokens")
                }
                outcome.withLock {
                    $0.tokens += tokens
                    $0.lost += lost
                }
            }
        }
        inBackground {
            // On a busy machine the others may be done before one of these has come to a token: the next one lives longer.
            var longest = 0.15
            while running.withLock({ $0 > 0 }) || (longest < 60 && outcome.withLock { $0.isIncomplete }) {
                let (tokens, lost) = try await issue(1_000_000, at: now, killedAfter: .random(in: 0.005...longest))
                if tokens.isEmpty { longest *= 2 }
                outcome.withLock {
                    $0.tokens += tokens
                    $0.tokensOfKilled += tokens.count
                    $0.lost += lost
                    $0.kills += 1
                }
            }
        }
        all.wait()
        if let failure = failures.withLock({ $0.first }) { throw failure }
        return outcome.withLock { $0 }
    }

    /// Runs one process and looks up each of its tokens as it comes.
    private func issue(
        _ count: Int,
        at now: Timestamp,
        killedAfter delay: TimeInterval?
    ) async throws -> (tokens: [String], lost: Int) {
        let store = try open()
        let process = Process()
        let output = Foundation.Pipe()
        process.executableURL = executable
        process.arguments = place + ["\(count)"]
        process.standardOutput = output
        try process.run()
        if let delay {
            let pid = process.processIdentifier
            Thread.detachNewThread {
                Thread.sleep(forTimeInterval: delay)
                kill(pid, SIGKILL)
            }
        }
        var tokens: [String] = []
        var lost = 0
        var rest = Data()
        while case let data = output.fileHandleForReading.availableData, !data.isEmpty {
            rest += data
            while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
                let line = String(decoding: rest[..<end], as: UTF8.self)
                rest = rest[rest.index(after: end)...]
                guard let token = AccessToken(line) else {
                    throw TokenStoreConformance.Broken(description: "a line is no token")
                }
                if try await store.find(token, at: now) == nil { lost += 1 }
                tokens.append(line)
            }
        }
        process.waitUntilExit()
        return (tokens, lost)
    }
}
