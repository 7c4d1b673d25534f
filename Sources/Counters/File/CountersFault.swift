package import SystemPackage

/// Why there are no counters. Requests are answered all the same.
package enum CountersFault: Error, Equatable, CustomStringConvertible {
    /// A call failed.
    case call(String, Errno)
    /// There is no file.
    case missing
    /// What is there is not a file of counters, or not this user's own.
    case foreign
    /// Another version of grantd uses the file now.
    case otherVersion
    /// Another process has a lock that it does not give up.
    case locked(String)
    /// As many workers count as there are areas.
    case full

    package var description: String {
        switch self {
        case .call(let call, let errno): "\(CounterFormat.name): \(call): \(errno)"
        case .missing: "there is no file \(CounterFormat.name): no worker counts"
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
