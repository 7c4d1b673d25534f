import Glibc
package import SystemPackage

/// A system call that failed: which, and why.
package struct SystemCallFailure: Error, Equatable, CustomStringConvertible {
    /// The call, such as `accept4`.
    package let call: String
    /// Why.
    package let errno: Errno

    /// Describes a failed call.
    package init(_ call: String, _ errno: Errno) {
        self.call = call
        self.errno = errno
    }

    /// Describes the call that has just failed, by the calling thread's `errno`.
    package static func last(_ call: String) -> SystemCallFailure {
        SystemCallFailure(call, Errno(rawValue: Glibc.errno))
    }

    package var description: String { "\(call): \(errno)" }
}
