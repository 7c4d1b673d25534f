package import FileStore
import GrantCore

/// The tokens that this machine issued from files before it went over to an engine: they are good until they expire.
///
/// A token is looked up in the engine first, where it may have been imported or revoked, and then in the files, until
/// `grantctl store import` has brought them all over and says so by the file `moved`.
package final class FormerTokens {
    private let store: FileTokenStore
    private let state: StateDirectory
    private var lookedAt: Timestamp?
    private var areMoved = false

    /// The name of the file that says that the engine has them.
    package static let marker = "moved"
    /// For how many seconds a look at the marker holds.
    package static let trust: Int64 = 1

    /// The tokens in a state directory.
    package init(in state: StateDirectory, store: FileTokenStore) {
        self.state = state
        self.store = store
    }

    /// A token's SHA-256; nil for one that was not issued from these files.
    func digest(of token: AccessToken) -> [UInt8]? {
        store.digest(of: token)
    }

    /// What the files say of a token; nil where they do not count any more.
    func find(_ token: AccessToken, at now: Timestamp) throws(StorageError) -> TokenRecord? {
        try haveMoved(at: now) ? nil : store.find(token, at: now)
    }

    /// Why the files have no active token; nil if they have it, or are no longer used.
    func absence(of token: AccessToken, at now: Timestamp) throws(StorageError) -> TokenAbsence? {
        try haveMoved(at: now) ? nil : store.absence(of: token, at: now)
    }

    /// Ends a token in the files.
    func revoke(_ token: AccessToken, at now: Timestamp) throws(StorageError) -> RevocationOutcome {
        try store.revoke(token, issuedTo: nil, at: now)
    }

    private func haveMoved(at now: Timestamp) throws(StorageError) -> Bool {
        if areMoved { return true }
        if let lookedAt, lookedAt <= now, now < lookedAt.adding(seconds: Self.trust) { return false }
        areMoved = try state.hasMark(Self.marker)
        lookedAt = now
        return areMoved
    }
}
