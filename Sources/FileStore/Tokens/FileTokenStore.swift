import Crypto
package import GrantCore

/// Tokens in files, shared by any number of processes of one machine.
///
/// - A token carries, masked, where its slot lies: a look-up is one read at any number of tokens, without a lock.
/// - Issuing fills a slot that is this process's alone, taken under its window's lock. A process that dies at any moment
///   leaves at worst slots that were never filled, one whose token was not answered, or a torn one, which is skipped.
/// - Revoking overwrites four bytes and syncs them before it returns.
/// - With `Durability.disk` an answered token survives a power cut; with `process` those of the last seconds may not. None
///   ever comes to mean something else.
/// - A window that has passed is unlinked by the process that opens a new one, or finds no room, unless the clock is not trusted:
///   nothing is left to sweep.
package final class FileTokenStore: TokenStore {
    /// How many windows are kept open; the steady state is ten for each lifetime in use.
    private static let openLimit = 128

    private let state: StateDirectory
    let codec: TokenCodec
    private let durability: Durability
    private let random: (Int) -> [UInt8]
    private let report: (StoreReport) -> Void
    private var windows: [Window: WindowFile] = [:]
    private var purging = WindowPurge()

    /// The store in a state directory.
    ///
    /// - Parameters:
    ///   - random: so many unpredictable bytes.
    ///   - report: hears what is worth a line in the log.
    package init(
        in state: StateDirectory,
        durability: Durability,
        random: @escaping (Int) -> [UInt8] = SecureRandom.supply(),
        report: @escaping (StoreReport) -> Void = { _ in }
    ) {
        self.state = state
        self.codec = TokenCodec(key: state.key.symmetricKey)
        self.durability = durability
        self.random = random
        self.report = report
    }

    package func issue(
        _ grant: Grant,
        at now: Timestamp,
        lifetime: Int,
        signedBy sign: TokenSigning? = nil
    ) throws(StorageError) -> AccessToken {
        do throws(StorageError) {
            return try StorageError.attempt { () throws(FileStoreError) in
                try state.requireCurrent(.tokens, at: now)
                purging.glance(at: now, in: state.root)
                return try append(grant, at: now, lifetime: lifetime, sign)
            }
        } catch .full(let text) {
            // Without room no new window is opened, so no process purges.
            guard purgeInPassing(at: now) > 0 else { throw .full(text) }
            return try StorageError.attempt { () throws(FileStoreError) in
                try append(grant, at: now, lifetime: lifetime, sign)
            }
        }
    }

    package func find(_ token: AccessToken, at now: Timestamp) throws(StorageError) -> TokenRecord? {
        try StorageError.attempt { () throws(FileStoreError) in
            guard let (file, slot, _) = try locate(token, at: now), slot.isLive, now < slot.expiresAt else {
                return nil
            }
            guard let grant = try file.grants?.grant(for: slot.grant) else {
                report(.lostGrant(file: file.window.grantsName))
                return nil
            }
            return TokenRecord(grant: grant, issuedAt: slot.issuedAt, expiresAt: slot.expiresAt)
        }
    }

    package func revoke(
        _ token: AccessToken,
        issuedTo client: ClientID?,
        at now: Timestamp
    ) throws(StorageError) -> RevocationOutcome {
        try StorageError.attempt { () throws(FileStoreError) in
            guard let (file, slot, number) = try locate(token, at: now) else {
                // The names of files are held against what is open once a second.
                guard let (position, _) = codec.position(of: token), now < position.window.end else { return .absent }
                return .unsettled
            }
            if let client {
                // A token whose grant was lost belongs to no client. Any client may revoke it, in case the grant is written again.
                let grant = try file.grants?.grant(for: slot.grant)
                if let grant, grant.clientID != client { return .absent }
            }
            // One that is marked already is marked again: the process that did it may not have synced yet. One that has
            // expired is marked as well: the clock may be put back.
            try file.revoke(slot: number)
            return slot.isLive && now < slot.expiresAt ? .ended : .absent
        }
    }

    /// Unlinks the files of all windows that ended a minute ago or earlier, unless the clock cannot be believed: set a day ahead, it would say
    /// so of every window.
    ///
    /// - Parameters:
    ///   - believingClock: trusts the clock even if it has been observed only briefly.
    ///   - progress: is called after each deleted window with the total number of windows to delete.
    package func purge(
        at now: Timestamp,
        believingClock: Bool = false,
        progress: (Int) -> Void = { _ in }
    ) throws(StorageError) -> PurgeOutcome {
        try StorageError.attempt { () throws(FileStoreError) in
            try purging.run(at: now, in: state.root, believingClock: believingClock, windows: windowsInPlace()) {
                passed throws(FileStoreError) in
                for window in passed {
                    // The slots first: what is left of a window without them is nothing.
                    _ = try state.tokens.unlink(window.slotsName)
                    _ = try state.tokens.unlink(window.grantsName)
                    windows[window] = nil
                    progress(passed.count)
                }
            }
        }
    }

    /// A token's SHA-256; nil for one that was not made under this state's key.
    package func digest(of token: AccessToken) -> [UInt8]? {
        codec.position(of: token).map { Self.digest(of: token, $0.bytes).bytes }
    }

    /// The windows that have files, the one that ends first leading.
    package func existingWindows() throws(StorageError) -> [Window] {
        try StorageError.attempt { () throws(FileStoreError) in try windowsInPlace() }
    }

    /// Counts a window's tokens; nil if it has no file.
    package func statistics(of window: Window, at now: Timestamp) throws(StorageError) -> WindowStatistics? {
        try StorageError.attempt { () throws(FileStoreError) in
            guard let file = try WindowFile.existing(window, in: state.tokens, at: now) else { return nil }
            var statistics = WindowStatistics(window: window, bytes: try file.size())
            try file.forEachSlot { bytes in
                if Slot.isWritten(bytes) { statistics.count(Slot(bytes), at: now) }
            }
            return statistics
        }
    }

    /// Goes through all live tokens, by their SHA-256.
    package func forEachToken(at now: Timestamp, _ body: ([UInt8], TokenRecord) throws -> Void) throws {
        for window in try existingWindows() {
            guard let file = try WindowFile.existing(window, in: state.tokens, at: now) else { continue }
            var live: [Slot] = []
            try file.forEachSlot { bytes in
                if Slot.isWritten(bytes), let slot = Slot(bytes), slot.isLive, now < slot.expiresAt {
                    live.append(slot)
                }
            }
            for slot in live {
                guard let grant = try file.grants?.grant(for: slot.grant) else {
                    report(.lostGrant(file: window.grantsName))
                    continue
                }
                try body(slot.digest, TokenRecord(grant: grant, issuedAt: slot.issuedAt, expiresAt: slot.expiresAt))
            }
        }
    }

    /// The digest by which a token is known.
    ///
    /// - Parameter bytes: what an opaque token is written from.
    private static func digest(of token: AccessToken, _ bytes: [UInt8]) -> SHA256.Digest {
        token.isSigned ? SHA256.hash(of: token.exposedValue) : SHA256.hash(data: bytes)
    }

    private func append(
        _ grant: Grant,
        at now: Timestamp,
        lifetime: Int,
        _ sign: TokenSigning?
    ) throws(FileStoreError) -> AccessToken {
        let window = Window(expiresAt: now.adding(seconds: Int64(lifetime)), lifetime: lifetime)
        var bytes = random(TokenCodec.randomCount)
        let code = codec.code(of: bytes)
        while true {
            let file = try open(making: window, at: now)
            var signed: AccessToken?
            let append = try file.append(grant: grant) { number, reference throws(FileStoreError) in
                codec.complete(&bytes, with: code, at: SlotPosition(window: window, slot: number))
                if let sign {
                    do throws(StorageError) { signed = try sign(AccessToken(encoding: bytes)) } catch {
                        throw .notSigned(error)
                    }
                }
                let digest = signed.map { SHA256.hash(of: $0.exposedValue) } ?? SHA256.hash(data: bytes)
                // Sound: the digest's bytes are copied within the call.
                return unsafe digest.withUnsafeBytes {
                    unsafe Slot.bytes(of: $0, issuedAt: now, lifetime: UInt32(clamping: lifetime), grant: reference)
                }
            }
            guard case .written(let reference, let isFirst) = append else {
                windows[window] = nil
                continue
            }
            if durability == .disk { try file.sync(reference, in: state.tokens) }
            if isFirst { purgeInPassing(at: now) }
            return signed ?? AccessToken(encoding: bytes)
        }
    }

    /// A token's slot, whatever became of the token; nil if it has none.
    func locate(
        _ token: AccessToken,
        at now: Timestamp
    ) throws(FileStoreError) -> (file: WindowFile, slot: Slot, number: UInt32)? {
        try state.requireCurrent(.tokens, at: now)
        guard let (position, bytes) = codec.position(of: token),
            let file = try open(existing: position.window, at: now)
        else { return nil }
        let digest = Self.digest(of: token, bytes)
        if let slot = try slot(position, in: file, digest) { return (file, slot, position.slot) }

        // The open file may have been unlinked, and another process may have created it again.
        guard try file.isUnlinked() else { return nil }
        windows[position.window] = nil
        guard let fresh = try open(existing: position.window, at: now),
            let slot = try slot(position, in: fresh, digest)
        else { return nil }
        return (fresh, slot, position.slot)
    }

    private func slot(
        _ position: SlotPosition,
        in file: WindowFile,
        _ digest: SHA256.Digest
    ) throws(FileStoreError) -> Slot? {
        let content = try file.read(slot: position.slot)
        guard let slot = Slot(content[...]) else {
            report(.damagedSlot(file: position.window.slotsName, slot: position.slot))
            return nil
        }

        return digest.isEqual(to: slot.digest) ? slot : nil
    }

    private func open(existing window: Window, at now: Timestamp) throws(FileStoreError) -> WindowFile? {
        if let file = try current(window, at: now), file.grants != nil { return file }
        guard let file = try WindowFile.existing(window, in: state.tokens, at: now) else { return nil }
        keep(file, at: now)
        return file
    }

    private func open(making window: Window, at now: Timestamp) throws(FileStoreError) -> WindowFile {
        if let file = try current(window, at: now) { return file }
        let file = try WindowFile.making(window, in: state.tokens, at: now)
        keep(file, at: now)
        return file
    }

    /// What is open of a window, unless its names stand for other files by now.
    private func current(_ window: Window, at now: Timestamp) throws(FileStoreError) -> WindowFile? {
        guard let file = windows[window] else { return nil }
        if try file.isCurrent(at: now, in: state.tokens) { return file }
        windows[window] = nil
        return nil
    }

    /// Unlinked files take room as long as a process has them open.
    private func keep(_ file: WindowFile, at now: Timestamp) {
        for passed in windows.keys where passed.end <= now { windows[passed] = nil }
        if windows.count >= Self.openLimit { windows.removeAll() }
        windows[file.window] = file
    }

    /// A purge that fails does not refuse a token: it is retried with the next window.
    @discardableResult
    private func purgeInPassing(at now: Timestamp) -> Int {
        do {
            switch try purge(at: now) {
            case .purged(let count):
                if count > 0 { report(.purged(windows: count)) }
                return count
            case .postponed(let count, _):
                if count > 0 { report(.purgePostponed(windows: count)) }
                return 0
            }
        } catch {
            report(.purgeFailed(error))
            return 0
        }
    }

    private func windowsInPlace() throws(FileStoreError) -> [Window] {
        let windows = try Set(state.tokens.names().compactMap(Window.init(fileName:)))
        return windows.sorted { ($0.end, $0.spanExponent) < ($1.end, $1.spanExponent) }
    }
}

/// The result of a purge.
package enum PurgeOutcome: Sendable, Equatable {
    /// The files of this many windows were deleted.
    case purged(windows: Int)
    /// The files of this many windows were kept, because the clock is not trusted for another `wait` seconds.
    case postponed(windows: Int, wait: Int64)
}
