package import SystemPackage

/// What becomes of a call.
package enum Fault: Sendable, Hashable {
    /// It fails and does nothing.
    case failure(Errno)
    /// It reads or writes half of what it was asked to, and at least a byte.
    case short
    /// The process is killed before it, and with it all that it would have done.
    case kill
}

/// A call that a process made, as a fault can meet it.
package enum CallName: String, Sendable, Hashable, CaseIterable {
    case openat, mkdirat, fstat, fstatat, statx, pread, pwrite, fdatasync, fsync, flock, renameat, unlinkat, readdir,
        fchown
}

extension CallName {
    /// What can befall it. Interruptions are no faults here: whatever makes the calls makes an interrupted one again.
    package var possibleFaults: [Fault] {
        switch self {
        case .openat:
            [.failure(.ioError), .failure(.tooManyOpenFiles), .failure(.noSpace), .failure(.diskQuotaExceeded), .kill]
        case .mkdirat, .renameat, .fdatasync, .fsync:
            [.failure(.ioError), .failure(.noSpace), .failure(.diskQuotaExceeded), .kill]
        case .pwrite: [.failure(.ioError), .failure(.noSpace), .failure(.diskQuotaExceeded), .short, .kill]
        case .pread: [.failure(.ioError), .short, .kill]
        case .readdir: [.failure(.ioError), .failure(.tooManyOpenFiles), .kill]
        case .flock: [.failure(.noLocks), .kill]
        case .fstat, .fstatat, .statx, .unlinkat, .fchown: [.failure(.ioError), .kill]
        }
    }
}

/// A fault at one call of a run, and what came of it.
package struct PlannedFault: Sendable {
    /// Which call of the run, counted from 0 over all processes.
    package let number: Int
    package let fault: Fault
    /// The call that it met.
    package var met: CallName?
}
