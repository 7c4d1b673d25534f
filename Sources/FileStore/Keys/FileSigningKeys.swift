import Encoding
package import GrantCore
package import JOSE

/// The keys of signed tokens, from the files in `keys/`.
///
/// A key that is added, retired or removed by `grantctl` counts from the next request on, at the cost of one `fstat(2)` of the
/// directory a request. Once a second the names are looked up as well: a file that is written in place, or another directory
/// of the name, counts from then on.
package final class FileSigningKeys: TokenSigner {
    private let state: StateDirectory
    private var entries: [SigningKeyFiles.Entry] = []
    private var directory: Directory?
    private var known: FileStatus?
    private var lastLook = LastLook()

    /// Longer than any tick of the kernel's clock, in nanoseconds: within one, a directory can change and look the same.
    private static let tick: Int64 = 50_000_000

    /// The keys in a state directory, which may have none.
    package init(in state: StateDirectory) {
        self.state = state
    }

    package func sign(_ claims: [UInt8], at now: Timestamp) throws(StorageError) -> String {
        try refresh(at: now)
        guard let key = entries.first(where: { $0.key.schedule.stage(at: now) == .active })?.key else {
            throw .unavailable(reason(at: now))
        }
        do throws(PrivateKey.Fault) {
            return try key.key.sign(claims, under: key.header)
        } catch {
            throw .unavailable("the signing key \(key.id) \(error)")
        }
    }

    package func published(at now: Timestamp) throws(StorageError) -> JWKSet {
        let keys = try current(at: now)
        return JWKSet(publishing: keys.filter { $0.schedule.stage(at: now) != .gone }.map(\.key.publicKey))
    }

    /// All keys, the one that is to sign leading. The files are read if they have changed.
    ///
    /// - Throws: if one cannot be used.
    package func current(at now: Timestamp) throws(StorageError) -> [SigningKey] {
        try refresh(at: now)
        return entries.map(\.key)
    }

    /// Why no key signs, in a sentence; nil if one does.
    ///
    /// - Throws: if a key cannot be used.
    package func absence(at now: Timestamp) throws(StorageError) -> String? {
        let isActive = try current(at: now).contains { $0.schedule.stage(at: now) == .active }
        return isActive ? nil : reason(at: now)
    }

    private func reason(at now: Timestamp) -> String {
        let coming = entries.map(\.key).filter { $0.schedule.stage(at: now) == .published }
        guard let next = coming.map(\.schedule.activeAt).min() else {
            return "no key signs tokens: make one by `grantctl key add`"
        }
        return "no key signs tokens before \(UTCTime(seconds: Int(next.seconds))): is the clock right?"
    }

    private func refresh(at now: Timestamp) throws(StorageError) {
        try StorageError.attempt { () throws(FileStoreError) in
            if let status = try directory?.status(), status == known {
                if lastLook.isFresh(at: now) { return }
                if try isUnchanged(since: status) {
                    lastLook.taken(at: now)
                    return
                }
            }
            try read(at: now)
        }
    }

    /// Whether the names stand for what was read.
    private func isUnchanged(since status: FileStatus) throws(FileStoreError) -> Bool {
        guard try state.root.status(of: SigningKeyFiles.directory) == status else { return false }
        for entry in entries where try directory?.status(of: entry.name) != entry.status { return false }
        return true
    }

    private func read(at now: Timestamp) throws(FileStoreError) {
        known = nil
        guard let opened = try SigningKeyFiles.open(in: state.root) else {
            directory = nil
            entries = []
            return
        }
        // Before the files are read, so that a change meanwhile shows.
        let status = try opened.status()
        entries = try SigningKeyFiles.all(in: opened)
        directory = consume opened
        let changes = [status.changedAt] + entries.map(\.status.changedAt)
        // A clock that was put back is as far from them as one that went on.
        let isSettled = changes.allSatisfy { abs(now.microseconds * 1000 - $0) > Self.tick }
        known = isSettled ? status : nil
        lastLook.taken(at: now)
    }
}
