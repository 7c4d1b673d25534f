// What a look-up costs at a thousand and at a million live tokens, in turn in one run, and what a million take on disk; and
// what the use of an assertion costs beside one other and beside a million.
//
//     store-benchmark [COUNT]

import FileStore
import Foundation
import Glibc
import GrantCore

/// A store of so many live tokens in a directory of its own, and some of them to look up.
struct FilledStore {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("grantd-\(UUID())").path
    let store: FileTokenStore
    private(set) var sample: [AccessToken] = []
    let issueTime: Duration

    init(count: Int, grant: Grant) throws {
        let store = FileTokenStore(in: try StateDirectory(path: path), durability: .process)
        var sample: [AccessToken] = []
        issueTime = try ContinuousClock().measure {
            for number in 0..<count {
                let token = try store.issue(grant, at: KernelFileSystem().now, lifetime: 86_400)
                // Every so manieth, so that the sample lies all over the file.
                if number.isMultiple(of: max(1, count / 20_000)) { sample.append(token) }
            }
        }
        self.store = store
        self.sample = sample.shuffled()
    }

    /// Nanoseconds a look-up, over so many of them.
    func findTime(_ rounds: Int, at now: Timestamp) throws -> Double {
        var missing = 0
        let time = try ContinuousClock().measure {
            for number in 0..<rounds where try store.find(sample[number % sample.count], at: now) == nil {
                missing += 1
            }
        }
        guard missing == 0 else { fatalError("\(missing) tokens were not found") }
        return time / .nanoseconds(1) / Double(rounds)
    }

    /// Bytes that its files take on the disk, by `stat(2)`: Foundation's `totalFileAllocatedSize` says eight times that.
    func diskBytes() throws -> Int { try allocatedBytes(in: "\(path)/tokens") }
}

/// Bytes that the files of a directory take on the disk.
func allocatedBytes(in path: String) throws -> Int {
    try FileManager.default.contentsOfDirectory(atPath: path).reduce(0) { sum, name in
        var file = stat()
        return unsafe stat("\(path)/\(name)", &file) == 0 ? sum + Int(file.st_blocks) * 512 : sum
    }
}

/// So many used assertions in a directory of their own.
struct FilledAssertions {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("grantd-\(UUID())").path
    let store: FileUsedAssertions
    private let id: ClientID
    private var count = 0

    init(count: Int, of id: ClientID) throws {
        self.id = id
        store = try FileUsedAssertions(in: try StateDirectory(path: path), durability: .process)
        _ = try useTime(count)
    }

    /// Microseconds of each of so many uses of new assertions.
    mutating func useTime(_ rounds: Int) throws -> Double {
        defer { count += rounds }
        return try time(count..<count + rounds, isFirst: true)
    }

    /// Microseconds of each of so many uses that are refused.
    func refusalTime(_ rounds: Int) throws -> Double {
        try time((0..<rounds).map { $0 * 7919 % count }, isFirst: false)
    }

    private func time(_ numbers: some Collection<Int>, isFirst: Bool) throws -> Double {
        let now = KernelFileSystem().now
        // One window for all of them.
        let end = Timestamp(seconds: (now.seconds / 86_400 + 4) * 86_400)
        let time = try ContinuousClock().measure {
            for number in numbers {
                let name = AssertionName(client: id, jti: "\(number)")
                guard try store.use(name, until: end, at: now) == isFirst else { fatalError("\(number) is wrong") }
            }
        }
        return time / .microseconds(1) / Double(numbers.count)
    }
}

func median(_ values: [Double]) -> Double {
    values.sorted()[values.count / 2]
}

func rounded(_ value: Double) -> String {
    "\((value * 100).rounded() / 100)"
}

let count = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 1_000_000
guard let id = ClientID("benchmark") else { exit(64) }
let grant = Grant(clientID: id, scope: .none)
let few = try FilledStore(count: 1000, grant: grant)
let many = try FilledStore(count: count, grant: grant)
defer {
    try? FileManager.default.removeItem(atPath: few.path)
    try? FileManager.default.removeItem(atPath: many.path)
}

let now = KernelFileSystem().now
var times: (few: [Double], many: [Double]) = ([], [])
for _ in 0..<15 {
    times.few.append(try few.findTime(20_000, at: now))
    times.many.append(try many.findTime(20_000, at: now))
}
let (fewTime, manyTime) = (median(times.few), median(times.many))
let issue = many.issueTime / .microseconds(1) / Double(count)
print("find among 1,000 live tokens: \(Int(fewTime)) ns; among \(count): \(Int(manyTime)) ns")
print("find, many against few: ratio \(rounded(manyTime / fewTime))")
print("issue, one process: \(rounded(issue)) µs a token")
print("\(count) tokens on disk: \(rounded(Double(try many.diskBytes()) / 1_000_000)) MB")

var one = try FilledAssertions(count: 1, of: id)
var million = try FilledAssertions(count: count, of: id)
defer {
    try? FileManager.default.removeItem(atPath: one.path)
    try? FileManager.default.removeItem(atPath: million.path)
}
let bytes = Double(try allocatedBytes(in: "\(million.path)/assertions")) / Double(count)
print(
    "an assertion, used beside 1: \(rounded(try one.useTime(200))) µs; beside \(count): \(rounded(try million.useTime(20_000))) µs"
)
print("refused: \(rounded(try one.refusalTime(20_000))) µs and \(rounded(try million.refusalTime(20_000))) µs")
print("\(count) used assertions on disk: \(rounded(bytes)) bytes each")
