package import GrantCore
package import SystemPackage

/// A system call that failed: which, on what, and why.
package struct IOFailure: Error, Equatable, CustomStringConvertible {
    /// The call, such as `openat`.
    package let call: String
    /// The file's name, or nothing where only its descriptor was at hand.
    package let name: String
    /// Why.
    package let errno: Errno

    /// Describes a failed call.
    package init(_ call: String, on name: String = "", _ errno: Errno) {
        self.call = call
        self.name = name
        self.errno = errno
    }

    package var description: String {
        name.isEmpty ? "\(call): \(errno)" : "\(call) \(name): \(errno)"
    }

    /// The same in the core's terms.
    package var storageError: StorageError {
        switch (call, errno) {
        case ("fdatasync", _), ("fsync", _): .syncFailed(description)
        case (_, .noSpace), (_, .diskQuotaExceeded), (_, .fileTooLarge): .full(description)
        default: .unavailable(description)
        }
    }
}

extension StorageError {
    /// Runs calls whose failure is the store's.
    static func attempt<Result>(_ calls: () throws(IOFailure) -> Result) throws(StorageError) -> Result {
        do throws(IOFailure) {
            return try calls()
        } catch {
            throw error.storageError
        }
    }
}
