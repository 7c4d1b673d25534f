import Crypto
package import GrantCore

/// Tokens in files, shared by any number of processes of one machine.
///
/// - A token carries, masked, where its slot lies: a look-up is one read at any number of tokens, without a lock.
/// - Issuing appends one slot under its window's lock. A process that dies at any moment leaves at worst a slot that
///   nobody was told of, or a torn one, which is passed over.
/// - Revoking overwrites four bytes and syncs them before it returns.
/// - With `Durability.disk` an answered token survives a power cut; with `process` those of the last seconds may not. None
///   ever comes to mean something else.
/// - A window that has passed is unlinked by whoever opens a new one: nothing is left to sweep.
package final class FileTokenStore: TokenStore {
    /// How many windows are kept open; the steady state is ten for each lifetime in use.
    private static let openLimit = 128

    private let state: StateDirectory
    private let codec: TokenCodec
    private let durability: Durability
    private let random: (Int) -> [UInt8]
    private let report: (StoreReport) -> Void
    private var windows: [Window: WindowFile] = [:]

    /// The store in a state directory.
    ///
    /// - Parameters:
    ///   - random: so many unpredictable bytes.
    ///   - report: hears what is worth a line in the log.
    package init(
        in state: StateDirectory,
        durability: Durability,
        random: @escaping (Int) -> [UInt8] = SecureRandom.bytes,
        report: @escaping (StoreReport) -> Void = { _ in }
    ) {
        self.state = state
        self.codec = TokenCodec(key: state.key.symmetricKey)
        self.durability = durability
        self.random = random
        self.report = report
    }

    package func issue(_ grant: Grant, at now: Timestamp, lifetime: Int) throws(StorageError) -> AccessToken {
        let expiresAt = now.adding(seconds: Int64(lifetime))
        let window = Window(expiresAt: expiresAt, lifetime: lifetime)
        let seed = codec.seed(random: random(TokenCodec.randomCount))
        var bytes: [UInt8] = []
        while true {
            let file = try open(making: window, at: now)
            do throws(IOFailure) {
                let append = try file.append(grant: grant) { (number, reference) throws(IOFailure) in
                    bytes = codec.token(from: seed, at: SlotPosition(window: window, slot: number))
                    return Slot(
                        digest: Array(SHA256.hash(data: bytes)),
                        issuedAt: now,
                        lifetime: UInt32(clamping: lifetime),
                        grant: reference
                    )
                }
                guard case .written(_, let isFirst) = append else {
                    windows[window] = nil
                    continue
                }
                if durability == .disk { try file.sync(state.tokens) }
                if isFirst { purgeInPassing(at: now) }
            } catch {
                throw error.storageError
            }
            return AccessToken(encoding: bytes)
        }
    }

    package func find(_ token: AccessToken, at now: Timestamp) throws(StorageError) -> TokenRecord? {
        guard let (file, slot, _) = try locate(token), slot.isLive, now < slot.expiresAt else { return nil }
        do {
            guard let grant = try file.grants.grant(for: slot.grant) else {
                report(.lostGrant(file: file.window.grantsName))
                return nil
            }
            return TokenRecord(grant: grant, issuedAt: slot.issuedAt, expiresAt: slot.expiresAt)
        } catch {
            throw error.storageError
        }
    }

    package func revoke(
        _ token: AccessToken,
        issuedTo client: ClientID?,
        at now: Timestamp
    ) throws(StorageError) -> Bool {
        guard let (file, slot, number) = try locate(token), now < slot.expiresAt else { return false }
        do {
            if let client, try file.grants.grant(for: slot.grant)?.clientID != client { return false }
            // One that is marked already is marked again: the process that did it may not have synced yet.
            try file.revoke(slot: number)
        } catch {
            throw error.storageError
        }
        return slot.isLive
    }

    /// Unlinks the files of all windows that have passed, and says of how many.
    @discardableResult
    package func purge(at now: Timestamp) throws(StorageError) -> Int {
        do {
            let passed = try Set(state.tokens.names().compactMap(Window.init(fileName:))).filter { $0.end <= now }
            for window in passed {
                // The slots first: what is left of a window without them is nothing.
                _ = try state.tokens.unlink(window.slotsName)
                _ = try state.tokens.unlink(window.grantsName)
                windows[window] = nil
            }
            return passed.count
        } catch {
            throw error.storageError
        }
    }

    /// The windows that have files, the one that ends first leading.
    package func existingWindows() throws(StorageError) -> [Window] {
        do {
            return try Set(state.tokens.names().compactMap(Window.init(fileName:))).sorted { $0.end < $1.end }
        } catch {
            throw error.storageError
        }
    }

    /// Counts a window's tokens; nil where it has no file.
    package func statistics(of window: Window, at now: Timestamp) throws(StorageError) -> WindowStatistics? {
        guard let file = try WindowFile(existing: window, in: state.tokens) else { return nil }
        do {
            var statistics = WindowStatistics(window: window, bytes: try file.size())
            try file.forEachSlot { statistics.count(Slot($0), at: now) }
            return statistics
        } catch {
            throw error.storageError
        }
    }

    /// A token's slot, whatever became of the token; nil where it has none.
    private func locate(
        _ token: AccessToken
    ) throws(StorageError) -> (file: WindowFile, slot: Slot, number: UInt32)? {
        guard let (position, bytes) = codec.position(of: token), let file = try open(existing: position.window) else {
            return nil
        }
        do {
            let content = try file.read(slot: position.slot)
            guard let slot = Slot(content[...]) else {
                report(.damagedSlot(file: position.window.slotsName, slot: position.slot))
                return nil
            }
            // swift-crypto compares digests in constant time.
            guard SHA256.hash(data: bytes) == slot.digest else { return nil }
            return (file, slot, position.slot)
        } catch {
            throw error.storageError
        }
    }

    private func open(existing window: Window) throws(StorageError) -> WindowFile? {
        if let file = windows[window] { return file }
        guard let file = try WindowFile(existing: window, in: state.tokens) else { return nil }
        keep(file)
        return file
    }

    private func open(making window: Window, at now: Timestamp) throws(StorageError) -> WindowFile {
        if let file = windows[window] { return file }
        let file = try WindowFile(making: window, in: state.tokens)
        for passed in windows.keys where passed.end <= now { windows[passed] = nil }
        keep(file)
        return file
    }

    private func keep(_ file: WindowFile) {
        if windows.count >= Self.openLimit { windows.removeAll() }
        windows[file.window] = file
    }

    /// A purge that fails is no reason to refuse a token: the next window tries again.
    private func purgeInPassing(at now: Timestamp) {
        do {
            let count = try purge(at: now)
            if count > 0 { report(.purged(windows: count)) }
        } catch {
            report(.purgeFailed(error))
        }
    }
}

extension AccessToken {
    /// A token from bytes of our own making.
    fileprivate init(encoding bytes: [UInt8]) {
        guard let token = AccessToken(Base64.url.encode(bytes)) else { fatalError("48 bytes are 64 such characters") }
        self = token
    }
}
