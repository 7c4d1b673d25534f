import CLinux
import Glibc

/// How many workers a pool has.
package enum WorkerCount: Equatable {
    case number(Int)
    /// One for each core that this process may use.
    case auto

    /// More than this is a slip of the keyboard.
    package static let range = 1...512

    /// The number that it stands for here.
    package var resolved: Int {
        switch self {
        case .number(let number): number
        case .auto: min(max(Self.usableCores, Self.range.lowerBound), Self.range.upperBound)
        }
    }

    /// The cores that this process may run on (`sched_getaffinity(2)`); 1 if the kernel does not say.
    private static var usableCores: Int {
        var cores = cpu_set_t()
        // Sound: the call fills a local set, whose size it is given.
        guard unsafe sched_getaffinity(0, MemoryLayout<cpu_set_t>.size, &cores) == 0 else { return 1 }
        // Sound: the set is a field of bits.
        return unsafe withUnsafeBytes(of: cores) { unsafe $0.reduce(0) { $0 + $1.nonzeroBitCount } }
    }
}

extension WorkerCount {
    /// The count that `--workers` says.
    package init?(argument: String) {
        if argument == "auto" {
            self = .auto
        } else if let number = Int(argument), Self.range.contains(number) {
            self = .number(number)
        } else {
            return nil
        }
    }
}
