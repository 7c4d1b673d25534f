package import SystemPackage

/// Why the counters cannot be used. Requests are answered regardless.
package enum CountersFault: Error, Equatable, CustomStringConvertible {
    /// A call failed.
    case call(String, Errno)
    /// The file does not exist.
    case missing
    /// The file is not a file of counters, or not only its owner can read it.
    case foreign
    /// Another version of grantd uses the file now.
    case otherVersion
    /// Another process holds a lock and does not release it.
    case locked(String)
    /// All areas are taken by running workers.
    case full

    package var description: String {
        switch self {
        case .call(let call, let errno): "\(CounterFormat.name): \(call): \(errno)"
        case .missing: "\(CounterFormat.name) is missing: no worker counts"
        case .foreign: "\(CounterFormat.name) is not a file of counters that only its owner can read"
        case .otherVersion: "another version of grantd uses \(CounterFormat.name): restart it"
        case .locked(let name): "another process has a lock on \(name)"
        case .full: "\(CounterFormat.areaCount) workers count already"
        }
    }

    static func last(_ call: String) -> CountersFault { .call(call, .current) }
}

extension Errno {
    static var current: Errno { Errno(rawValue: lastErrno()) }
}
