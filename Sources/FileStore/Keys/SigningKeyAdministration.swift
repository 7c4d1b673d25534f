package import GrantCore
package import JOSE
import SystemPackage

/// Adds, retires and removes signing keys; what it did is on the disk when it returns.
///
/// Each change is made under the lock of `keys/`, from reading the keys to writing them, and a file is replaced whole.
package struct SigningKeyAdministration {
    private let state: StateDirectory
    private let audit: SigningKeyAudit

    /// Administers the keys in a state directory.
    package init(in state: StateDirectory, audit: AuditTrail? = nil) {
        self.state = state
        self.audit = SigningKeyAudit(audit, user: state.root.fileSystem.effectiveUser)
    }

    /// All keys, the one that is to sign leading.
    package func keys() throws(SigningKeyRefusal) -> [SigningKey] {
        try attempt { () throws(FileStoreError) in
            guard let directory = try SigningKeyFiles.open(in: state.root) else { return [] }
            return try SigningKeyFiles.all(in: directory).map(\.key)
        }
    }

    /// The key whose id begins so.
    package func key(_ prefix: String) throws(SigningKeyRefusal) -> SigningKey {
        try Self.one(prefix, of: keys())
    }

    /// Adds a key. It signs once it has been published for as long as others may keep the keys that they know, or at once if
    /// no key signs now. From then on the older ones are retired; it is retired itself if another is to sign later.
    ///
    /// - Parameters:
    ///   - lifetime: the longest that tokens live, in seconds.
    ///   - time: when it is to sign; nil for the usual time.
    /// - Returns: the key with its schedule, and the ids of those that are retired by it.
    package func add(
        _ key: PrivateKey,
        at now: Timestamp,
        activeAt time: Timestamp? = nil,
        tokensLiving lifetime: Int
    ) throws(SigningKeyRefusal) -> (added: SigningKey, retired: [String]) {
        try makeDirectory()
        return try change { (directory, others) throws(SigningKeyRefusal) in
            let published = others.filter { $0.schedule.stage(at: now) != .gone }
            guard published.count < JWKSet.maximumCount else { throw .tooMany(published.count) }
            let isFirst = !others.contains { $0.schedule.stage(at: now) == .active }
            let usual = isFirst ? now : now.adding(seconds: Int64(SigningKeySchedule.cacheTime))
            let start = time.map { max($0, now) } ?? usual
            var added = SigningKey(key, SigningKeySchedule(createdAt: now, activeAt: start))
            let later = others.filter { $0.schedule.stage(at: $0.schedule.activeAt) == .active }
                .map(\.schedule.activeAt).filter { $0 > added.schedule.activeAt }
            if let successor = later.min() { added.schedule.retire(at: successor, tokensLiving: lifetime) }
            var retired = others.filter {
                $0.schedule.activeAt <= added.schedule.activeAt && $0.schedule.retiredAt ?? start >= start
            }
            for index in retired.indices {
                retired[index].schedule.retire(at: added.schedule.activeAt, tokensLiving: lifetime)
            }
            try audit.begin(.add, of: added.id)
            do throws(SigningKeyRefusal) {
                // The new one first: whatever happens then, there is a key that signs.
                try publish([added], in: directory)
                do throws(SigningKeyRefusal) {
                    try publish(retired, in: directory)
                } catch {
                    try? attempt { () throws(FileStoreError) in _ = try directory.unlink(added.fileName) }
                    throw error
                }
            } catch {
                audit.fail(.add, of: added.id, error)
                throw error
            }
            return (added, retired.map(\.id))
        }
    }

    /// Ends the signing by a key at a time, unless it ends earlier. It stays published while tokens that it has signed may be
    /// good.
    ///
    /// - Parameters:
    ///   - prefix: how its id begins.
    ///   - time: when; from `now` on.
    ///   - isForced: also if at some time no key signs then.
    package func retire(
        _ prefix: String,
        at time: Timestamp,
        now: Timestamp,
        tokensLiving lifetime: Int,
        evenIfLast isForced: Bool
    ) throws(SigningKeyRefusal) -> SigningKey {
        try change(of: prefix) { (directory, all) throws(SigningKeyRefusal) in
            var key = try Self.one(prefix, of: all)
            key.schedule.retire(at: max(time, now), tokensLiving: lifetime)
            let others = all.filter { $0.id != key.id }
            if !isForced, let gap = Self.gap(from: now, before: all, after: others + [key]) {
                throw .stopsSigning(key.id, from: gap)
            }
            try audited(.retire, of: key.id) { () throws(SigningKeyRefusal) in try publish([key], in: directory) }
            return key
        }
    }

    /// Removes a key's file.
    ///
    /// - Parameter isForced: also if tokens that it has signed may still be good: others can then verify them no longer.
    package func remove(
        _ prefix: String,
        at now: Timestamp,
        evenIfUsed isForced: Bool
    ) throws(SigningKeyRefusal) -> SigningKey {
        try change(of: prefix) { (directory, all) throws(SigningKeyRefusal) in
            let key = try Self.one(prefix, of: all)
            guard isForced || key.schedule.stage(at: now) == .gone else {
                throw .inUse(key.id, until: key.schedule.publishedUntil)
            }
            try audited(.remove, of: key.id) { () throws(SigningKeyRefusal) in
                try attempt { () throws(FileStoreError) in
                    _ = try directory.unlink(key.fileName)
                    try directory.sync()
                }
            }
            return key
        }
    }

    /// The first time at which a key signs before a change, and none after it; nil if there is none.
    private static func gap(from now: Timestamp, before: [SigningKey], after: [SigningKey]) -> Timestamp? {
        let times = [now] + (before + after).flatMap(\.schedule.changes).filter { $0 > now }
        return times.sorted().first { time in
            before.contains { $0.schedule.stage(at: time) == .active }
                && !after.contains { $0.schedule.stage(at: time) == .active }
        }
    }

    private static func one(_ prefix: String, of keys: [SigningKey]) throws(SigningKeyRefusal) -> SigningKey {
        if let exact = keys.first(where: { $0.id == prefix }) { return exact }
        let found = keys.filter { !prefix.isEmpty && $0.id.hasPrefix(prefix) }
        guard let first = found.first else { throw .unknown(prefix) }
        guard found.count == 1 else { throw .ambiguous(prefix, among: found.map(\.id)) }
        return first
    }

    private func makeDirectory() throws(SigningKeyRefusal) {
        try attempt { () throws(FileStoreError) in
            try state.root.withExclusiveLock { () throws(FileStoreError) in
                if try state.root.status(of: SigningKeyFiles.directory) != nil { return }
                try StateCreation.make(SigningKeyFiles.directory, in: state.root)
                try state.root.sync()
            }
        }
    }

    /// Runs a change on the keys, under the lock of their directory.
    ///
    /// - Parameter prefix: how the id begins of the key that is to be there.
    private func change<Result>(
        of prefix: String = "",
        _ body: (borrowing Directory, [SigningKey]) throws(SigningKeyRefusal) -> Result
    ) throws(SigningKeyRefusal) -> Result {
        let opened = try attempt { () throws(FileStoreError) in try SigningKeyFiles.open(in: state.root) }
        guard let directory = opened else { throw .unknown(prefix) }
        try attempt { () throws(FileStoreError) in try directory.fileSystem.lock(directory.descriptor) }
        defer { directory.fileSystem.unlock(directory.descriptor) }
        let keys = try attempt { () throws(FileStoreError) in try SigningKeyFiles.all(in: directory).map(\.key) }
        return try body(directory, keys)
    }

    /// Makes a change that takes something away, and writes its line once it is made.
    private func audited(
        _ change: SigningKeyChange,
        of id: String,
        _ body: () throws(SigningKeyRefusal) -> Void
    ) throws(SigningKeyRefusal) {
        do throws(SigningKeyRefusal) { try body() } catch {
            audit.fail(change, of: id, error)
            throw error
        }
        try audit.finish(change, of: id)
    }

    private func publish(_ keys: [SigningKey], in directory: borrowing Directory) throws(SigningKeyRefusal) {
        do throws(FileStoreError) {
            for key in keys { try directory.publish(key.bytes, as: key.fileName) }
        } catch {
            throw .failed(error.storageError)
        }
    }

    private func attempt<Result: ~Copyable>(
        _ calls: () throws(FileStoreError) -> Result
    ) throws(SigningKeyRefusal) -> Result {
        do throws(FileStoreError) { return try calls() } catch { throw .failed(error.storageError) }
    }
}
