import Crypto
package import GrantCore

/// Failed authentications, counted in the file `guesses` by all workers of a state directory.
///
/// Reading is one `pread(2)`; counting takes the file's lock for some microseconds. Nothing is synced: a power cut loses
/// counts, and a file that cannot be used counts nothing, which the log hears.
package final class FileFailureCounts: FailureCounts {
    private let state: StateDirectory
    private let report: (StoreReport) -> Void
    private let key: [UInt8]
    private var file: FailureFile?
    private var isFailing = false
    private var places: [FailureKey: Place] = [:]

    /// What is remembered of a key.
    private struct Place {
        let position: FailureFile.Position
        var owner: FailureOwner?
    }

    /// How many places are remembered.
    private static let memoryLimit = 1024

    /// The places of counts in a state directory, without opening the file.
    init(at state: StateDirectory, report: @escaping (StoreReport) -> Void = { _ in }) {
        self.state = state
        self.report = report
        self.key = unsafe state.key.symmetricKey.withUnsafeBytes { unsafe Array($0) }
    }

    /// The counts in a state directory.
    package convenience init(in state: StateDirectory, report: @escaping (StoreReport) -> Void = { _ in }) {
        self.init(at: state, report: report)
        attempt { () throws(FileStoreError) in file = try FailureFile(in: state.root, at: state.root.fileSystem.now) }
    }

    package func record(of key: FailureKey, at now: Timestamp) -> FailureRecord? {
        var record: FailureRecord?
        guard file != nil else { return nil }
        attempt { () throws(FileStoreError) in
            try reopenIfReplaced(at: now)
            record = try file?.record(at: position(of: key), now) ?? nil
        }
        return record
    }

    @discardableResult
    package func update(_ key: FailureKey, at now: Timestamp, by change: FailureChange) -> FailureRecord? {
        var before: FailureRecord?
        update(key, at: now) { record in
            before = record
            return change.applied(to: record, at: now)
        }
        return before
    }

    /// Replaces what is on record under a key, with no other worker in between.
    package func update(_ key: FailureKey, at now: Timestamp, _ change: (FailureRecord?) -> FailureRecord) {
        let (position, owner) = (position(of: key), owner(of: key))
        attempt { () throws(FileStoreError) in
            try reopenIfReplaced(at: now)
            if try file?.update(position, of: owner, now, change) == true { return }
            // It was taken away, or could not be opened so far.
            let opened = try FailureFile(in: state.root, at: now)
            _ = try opened.update(position, of: owner, now, change)
            file = consume opened
        }
    }

    /// Opens the file again if its name stands for another one by now.
    private func reopenIfReplaced(at now: Timestamp) throws(FileStoreError) {
        guard try file?.isCurrent(at: now, in: state.root) == false else { return }
        file = nil
        file = try FailureFile(in: state.root, at: now)
    }

    /// Where a key's record lies. The hash is keyed, so that no caller can aim at the place of another key.
    func position(of counted: FailureKey) -> FailureFile.Position {
        if let known = places[counted] { return known.position }
        let (part, id, origin): (FailureFile.Part, ClientID, Origin?) =
            switch counted {
            case .failures(let id, let origin): (.failures, id, origin)
            case .budget(let id): (.budgets, id, nil)
            case .proof(let id, let origin): (.proofs, id, origin)
            }
        var content = key
        content.reserveCapacity(key.count + 2 + id.value.utf8.count + 16)
        content.append(UInt8(part.rawValue))
        content += id.value.utf8
        content.append(0)
        if let origin { content += origin.bytes }
        if places.count >= Self.memoryLimit { places.removeAll(keepingCapacity: true) }
        let position = FailureFile.Position(hash: SHA256.hash(data: content).bytes[...], in: part)
        places[counted] = Place(position: position)
        return position
    }

    /// What a slot says of whose failures it counts. Looking one up does not need it.
    func owner(of counted: FailureKey) -> FailureOwner {
        // Only failures are looked for by their owner.
        guard case .failures(let id, let origin) = counted else { return .none }
        if let known = places[counted]?.owner { return known }
        // No part has this number, so that it is the hash of no place.
        let owner = FailureOwner(hash: SHA256.hash(data: key + [.max] + id.value.utf8).bytes, origin: origin)
        places[counted]?.owner = owner
        return owner
    }

    /// Runs calls whose failure loses a count and no more; the first of several failures is reported.
    private func attempt(_ calls: () throws(FileStoreError) -> Void) {
        do throws(FileStoreError) {
            try calls()
            isFailing = false
        } catch {
            if !isFailing { report(.countingFailed(error.storageError)) }
            isFailing = true
        }
    }
}
