// What a look-up costs at a thousand and at a million live tokens, in turn in one run, and what a million take on disk.
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
    func diskBytes() throws -> Int {
        let names = try FileManager.default.contentsOfDirectory(atPath: "\(path)/tokens")
        return names.reduce(0) { sum, name in
            var file = stat()
            return unsafe stat("\(path)/tokens/\(name)", &file) == 0 ? sum + Int(file.st_blocks) * 512 : sum
        }
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
