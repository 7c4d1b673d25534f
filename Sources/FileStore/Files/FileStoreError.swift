package import GrantCore
package import SystemPackage

/// What went wrong with the store's files.
package enum FileStoreError: Error, Equatable, CustomStringConvertible {
    /// A system call failed: its name, such as `openat`; the name of the file, empty if only a descriptor was at hand; why.
    case call(String, name: String, Errno)
    /// A file is of a format that this version does not know.
    case unknownFormat(String)
    /// A directory that has to be there is not.
    case missing(String)
    /// Another file or directory has taken the place of one that is open.
    case replaced(String)
    /// A file must not be written to: it is not a regular file, or not ours alone.
    case unsuitable(String)
    /// A token could not be signed.
    case notSigned(StorageError)
    /// What is on record cannot be read, and it matters what it was.
    case damaged(String)

    /// Describes a failed call.
    package init(_ call: String, on name: String = "", _ errno: Errno) {
        self = .call(call, name: name, errno)
    }

    /// Why a system call failed; nil if none did.
    package var errno: Errno? {
        if case .call(_, _, let errno) = self { errno } else { nil }
    }

    package var description: String {
        switch self {
        case .call(let call, "", let errno): "\(call): \(errno)"
        case .call(let call, let name, let errno): "\(call) \(name): \(errno)"
        case .unknownFormat(let text), .missing(let text), .replaced(let text), .unsuitable(let text),
            .damaged(let text):
            text
        case .notSigned(let error): error.description
        }
    }

    /// The same in the core's terms, which the ports throw.
    package var storageError: StorageError {
        switch self {
        case .call("fdatasync", _, _), .call("fsync", _, _): .syncFailed(description)
        case .call(_, _, .noSpace), .call(_, _, .diskQuotaExceeded), .call(_, _, .fileTooLarge): .full(description)
        case .unknownFormat: .unknownFormat(description)
        case .replaced: .replaced(description)
        case .notSigned(let error): error
        case .call, .missing, .unsuitable, .damaged: .unavailable(description)
        }
    }
}

extension StorageError {
    /// Runs calls whose failure is the store's.
    static func attempt<Result>(_ calls: () throws(FileStoreError) -> Result) throws(StorageError) -> Result {
        do throws(FileStoreError) {
            return try calls()
        } catch {
            throw error.storageError
        }
    }
}
