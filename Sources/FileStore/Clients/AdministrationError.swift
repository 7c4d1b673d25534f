package import GrantCore

/// Why a client was not made, changed or shown.
package enum AdministrationError: Error, Equatable, CustomStringConvertible {
    /// There is one of this id.
    case exists(ClientID)
    /// There is none of this id.
    case notFound(ClientID)
    /// The id makes no file name: percent-encoded it is longer than 250 bytes.
    case unnameable(ClientID)
    /// The requested change does not fit the client; says why, in a sentence.
    case refused(String)
    /// Its file cannot be used.
    case unusable(file: String, reason: String)
    /// The audit has no line of it; what would have given access was not done then.
    case unaudited(StorageError, isDone: Bool)
    /// A call failed.
    case failed(FileStoreError)
    /// The engine did not do it, or not for good.
    case notKept(StorageError)

    package var description: String {
        switch self {
        case .exists(let id): "client \(id) exists"
        case .notFound(let id): "there is no client \(id)"
        case .unnameable(let id): "\(id) is too long for the name of a file"
        case .refused(let reason): reason
        case .unusable(let file, let reason): "\(file) cannot be used: \(reason)"
        case .unaudited(let error, isDone: true): "it was done, and is not in the audit: \(error)"
        case .unaudited(let error, isDone: false): "nothing was done: \(error)"
        case .failed(let failure): "\(failure)"
        case .notKept(let failure): "\(failure)"
        }
    }

    /// Runs calls whose failure is the command's.
    static func attempt<Result>(_ calls: () throws(FileStoreError) -> Result) throws(AdministrationError) -> Result {
        do throws(FileStoreError) {
            return try calls()
        } catch {
            throw .failed(error)
        }
    }
}
