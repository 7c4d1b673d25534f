/// Why a state directory is not opened, in words for the one who set it up.
package enum StateError: Error, Equatable, CustomStringConvertible {
    /// Others than the owner may read or change it.
    case notPrivate(path: String, permissions: String)
    /// It belongs to another user.
    case foreign(path: String, owner: UInt32)
    /// It is not there, and was to be looked at only.
    case missing(path: String)
    /// The key has another length than 32 bytes.
    case damagedKey(path: String)
    /// A call failed.
    case unusable(path: String, FileStoreError)

    package var description: String {
        switch self {
        case .notPrivate(let path, let permissions):
            "\(path) has mode \(permissions): others than its owner may use it; chmod go= \(path)"
        case .foreign(let path, let owner):
            "\(path) belongs to user \(owner), not to the one that grantd runs as"
        case .missing(let path):
            "\(path) is missing; the first start of grantd, or `grantctl client add`, makes it"
        case .damagedKey(let path):
            "\(path) is damaged: it does not hold 32 bytes; restore it, or remove it, which ends all tokens"
        case .unusable(let path, let failure):
            "the state directory \(path) cannot be used: \(failure)"
        }
    }
}

extension StateError {
    /// Runs calls that concern a path.
    static func attempt<Result: ~Copyable>(
        _ path: String,
        _ calls: () throws(FileStoreError) -> Result
    ) throws(StateError) -> Result {
        do throws(FileStoreError) {
            return try calls()
        } catch {
            throw .unusable(path: path, error)
        }
    }
}

extension FileStatus {
    /// Makes sure that only its owner can use it, and that the user is that owner, or root.
    func requirePrivate(_ path: String, user: UInt32) throws(StateError) {
        guard isPrivate else { throw .notPrivate(path: path, permissions: permissions) }
        guard owner == user || user == 0 else { throw .foreign(path: path, owner: owner) }
    }
}
