package import GrantCore

/// Why signing keys are not changed, or not shown.
package enum SigningKeyRefusal: Error, Equatable, CustomStringConvertible {
    /// No key has an id that begins so.
    case unknown(String)
    /// More than one key has an id that begins so.
    case ambiguous(String, among: [String])
    /// Without this key no tokens could be signed from then on.
    case stopsSigning(String, from: Timestamp)
    /// Tokens that this key has signed may be good until then; nil if it is not retired.
    case inUse(String, until: Timestamp?)
    /// There are as many keys as a set can have.
    case tooMany(Int)
    /// The audit has no line of it; a key was not added then.
    case unaudited(StorageError, isDone: Bool)
    /// The files cannot be read or written.
    case failed(StorageError)

    package var description: String {
        switch self {
        case .unknown(let prefix): "no key has an id that begins with \(prefix); `grantctl key list` shows all"
        case .ambiguous(let prefix, let ids): "several keys begin with \(prefix): \(ids.joined(separator: ", "))"
        case .stopsSigning(let id, let time):
            """
            without the key \(id) no key signs tokens from \(Self.text(time)) on: add another first, `grantctl key add`, or \
            give --force
            """
        case .inUse(let id, let time?):
            """
            tokens that the key \(id) has signed may be active until \(Self.text(time)); with --force they cannot be verified \
            any more
            """
        case .inUse(let id, nil):
            """
            the key \(id) is not retired: `grantctl key retire \(id)`; with --force its tokens cannot be verified any more
            """
        case .tooMany(let count): "there are \(count) keys, and no more are published: remove those that are gone"
        case .unaudited(let error, isDone: true): "it was done, and is not in the audit: \(error)"
        case .unaudited(let error, isDone: false): "nothing was done: \(error)"
        case .failed(let error): error.description
        }
    }

    private static func text(_ time: Timestamp) -> String { UTCTime(seconds: Int(time.seconds)).description }
}
